"""``/functions/v1/jobs``: a user's own jobs with their assets, and one of them by id."""
