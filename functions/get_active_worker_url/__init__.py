"""``POST /functions/v1/get-active-worker-url``: the worker of a type that is the best to ask now."""
