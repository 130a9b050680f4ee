"""``/functions/v1/reference-images``: the reference pictures that a user keeps; list them, delete one."""
