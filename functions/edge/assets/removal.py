"""Objects that no row names any more."""

import logging
from collections.abc import Mapping, Sequence

from functions.edge.clients import Clients
from functions.edge.storage import StorageUnavailable

logger = logging.getLogger("functions.assets")


async def remove_objects(clients: Clients, objects: Mapping[str, Sequence[str]]) -> None:
    """Delete objects by bucket. Never fails the caller: their rows are gone, and housekeeping finds what is left."""
    for bucket, paths in objects.items():
        try:
            await clients.storage.remove(bucket, paths)
        except StorageUnavailable as error:
            logger.warning("%d objects of %s are left to housekeeping: %s", len(paths), bucket, error)
