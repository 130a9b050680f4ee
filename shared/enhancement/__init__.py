"""What both sides know of a prompt that a model wrote: its words, its tokens, how it is cleaned, judged and measured.

No module here does any input or output, but for reading its own word lists once.
"""
