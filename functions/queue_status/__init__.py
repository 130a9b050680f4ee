"""``/functions/v1/queue-status``: how long the queues are, and how long a job would take now."""
