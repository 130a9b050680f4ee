"""``POST /functions/v1/job-callback``: workers claim, report and end jobs."""
