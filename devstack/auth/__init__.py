"""A stand-in for Supabase Auth: e-mail and password, confirmed at once, over the real ``auth`` tables."""

from devstack.auth.app import create_app

__all__ = ["create_app"]
