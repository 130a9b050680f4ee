"""``POST /functions/v1/playground-chat``: say something to the language model, and be answered."""
