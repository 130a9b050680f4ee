"""``POST /functions/v1/replay-job``: run a failed job again as a new one; for admins."""
