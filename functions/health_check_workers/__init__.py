"""``POST /functions/v1/health-check-workers``: how the workers are, as the last look at each of them saw it."""
