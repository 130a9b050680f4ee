"""``POST /functions/v1/update-worker-url``: an admin, or a worker itself, says where a worker is now."""
