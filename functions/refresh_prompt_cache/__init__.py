"""``POST /functions/v1/refresh-prompt-cache``: ask the models again, for admins."""
