"""The maker of the demo's language model: Qwen2 with half a million weights and the world of ``tools.shapes``."""
