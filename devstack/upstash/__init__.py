"""A stand-in for Upstash Redis: its REST protocol in front of the real Valkey."""

from devstack.upstash.app import create_app

__all__ = ["create_app"]
