"""``GET /functions/v1/health``: whether this process reaches what it needs."""
