"""The routes, without the ``/auth/v1`` that the gateway takes off.

Source: https://supabase.com/docs/reference/self-hosting-auth
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from devstack.auth import admin, discovery, errors, rows, sessions, signup, users
from devstack.auth.context import Context
from devstack.keys import Keys


def create_app(*, database_url: str, keys: Keys, public_url: str) -> Starlette:
    """``database_url`` is that of ``supabase_auth_admin``; ``public_url`` is the gateway's base."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(database_url, min_size=1, max_size=10, init=rows.decode_json) as pool:
            app.state.context = Context(pool, keys, f"{public_url}/auth/v1")
            yield

    return Starlette(
        routes=[
            Route("/health", discovery.health),
            Route("/settings", discovery.settings),
            Route("/.well-known/jwks.json", discovery.jwks),
            Route("/signup", signup.sign_up, methods=["POST"]),
            Route("/token", sessions.post_token, methods=["POST"]),
            Route("/logout", sessions.post_logout, methods=["POST"]),
            Route("/user", users.get_user, methods=["GET"]),
            Route("/user", users.put_user, methods=["PUT"]),
            Route("/admin/users", admin.list_users, methods=["GET"]),
            Route("/admin/users", admin.create_user, methods=["POST"]),
            Route("/admin/users/{user_id}", admin.get_user, methods=["GET"]),
            Route("/admin/users/{user_id}", admin.update_user, methods=["PUT"]),
            Route("/admin/users/{user_id}", admin.delete_user, methods=["DELETE"]),
        ],
        exception_handlers={
            errors.AuthError: errors.respond,
            HTTPException: errors.respond_unrouted,
            Exception: errors.respond_unexpected,
        },
        lifespan=lifespan,
    )
