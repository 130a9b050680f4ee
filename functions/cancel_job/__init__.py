"""``POST /functions/v1/cancel-job``: stop a job of one's own."""
