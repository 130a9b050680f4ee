"""The language model: answers to several at once, each told token by token."""
