"""``/functions/v1/assets``: a user's workspace and library as one list, and one asset of them by id."""
