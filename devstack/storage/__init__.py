"""A stand-in for Supabase Storage: real rows and policies in PostgreSQL, bytes on disk, the real API's JSON."""

from devstack.storage.app import create_app

__all__ = ["create_app"]
