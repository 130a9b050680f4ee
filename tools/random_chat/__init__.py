"""The maker of the chat model of tests and of the local stack: Qwen2 with random weights. What it says is noise."""
