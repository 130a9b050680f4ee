"""``/functions/v1/system-metrics``: queues, waiting times and success, for admins."""
