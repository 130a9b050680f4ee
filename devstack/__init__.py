"""The embedded local stack: real PostgreSQL, PostgREST and Valkey, and stand-ins for what cannot be installed."""
