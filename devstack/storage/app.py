"""The Storage API as one Starlette app; a gateway mounts it under ``/storage/v1``.

Source: https://supabase.com/docs/reference/self-hosting-storage/introduction
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from devstack.keys import Keys
from devstack.storage import buckets, downloads, listing, objects, signed, uploads
from devstack.storage.context import Storage
from devstack.storage.database import Database
from devstack.storage.errors import HANDLERS
from devstack.storage.files import Files


def create_app(*, database_url: str, keys: Keys, folder: Path) -> Starlette:
    """``database_url`` is ``supabase_storage_admin``'s; ``folder`` is created where it is missing.

    The database is connected while the app's lifespan runs.
    """
    storage = Storage(Database(database_url), Files(folder), keys)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with storage.database.connected():
            yield

    # The order counts: "/object/{bucket}/{path}" matches all others under /object too.
    routes = [*buckets.ROUTES, *signed.ROUTES, *listing.ROUTES, *objects.ROUTES, *downloads.ROUTES, *uploads.ROUTES]
    app = Starlette(routes=routes, exception_handlers=HANDLERS, lifespan=lifespan)
    app.state.storage = storage
    return app
