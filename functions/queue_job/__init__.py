"""``POST /functions/v1/queue-job``: submit a generation job."""
