"""A stand-in for Supabase Realtime: the real protocol, and changes from PostgreSQL's own logical decoding."""

from devstack.realtime.app import create_app

__all__ = ["create_app"]
