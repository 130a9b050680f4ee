"""The GPU worker: takes jobs from Redis, claims them, generates, delivers to signed URLs, reports.

It holds no Supabase key and no database access: a claim gives it one job, the URLs of that job's objects and a token
for that attempt.
"""
