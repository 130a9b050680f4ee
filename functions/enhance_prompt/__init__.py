"""``POST /functions/v1/enhance-prompt``: a better prompt, at once."""
