"""What is said to the image and video models: token limits, the rules that enhance a prompt, negative prompts.

No module here does any input or output, but for reading its own word lists once.
"""
