"""``POST /functions/v1/dispatch-jobs``: one sweep, called by pg_cron on a hosted project."""
