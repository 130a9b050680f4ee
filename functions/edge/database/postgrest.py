"""Over PostgREST: the serverless default, with no connections to exhaust.

https://supabase.com/docs/reference/python/rpc
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import httpx
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError

from functions.edge.database.protocol import DatabaseError, DatabaseUnavailable

# PostgREST's own: cannot connect, pool timed out, schema cache not loaded (https://postgrest.org/en/stable/references/errors.html)
_UNAVAILABLE: Final = frozenset({"PGRST000", "PGRST001", "PGRST002", "PGRST003"})
# SQLSTATE classes: connection exception, insufficient resources, operator intervention.
_UNAVAILABLE_CLASSES: Final = ("08", "53", "57")


class PostgrestDatabase:
    """``Database`` over ``{project}/rest/v1``."""

    def __init__(self, url: str, headers: dict[str, str], transport: httpx.AsyncBaseTransport) -> None:
        timeout = httpx.Timeout(10.0, connect=2.0)
        http = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, transport=transport)
        self._client = AsyncPostgrestClient(url, headers=headers, http_client=http, retry_enabled=False)

    async def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        parameters = {name: _to_json(value) for name, value in arguments.items()}
        try:
            answer = await self._client.rpc(function, parameters).execute()
        except httpx.HTTPError as error:
            raise DatabaseUnavailable from error
        except APIError as error:
            code = str(error.code or "")
            # No code: some other JSON, of a proxy that did not reach PostgREST. A page has its status for a code.
            if not code or code in (*_UNAVAILABLE, "502", "503", "504") or code.startswith(_UNAVAILABLE_CLASSES):
                raise DatabaseUnavailable from error
            # Its text and its traceback hold the failing row, and so a prompt.
            raise DatabaseError(function, code, error.message or "") from None
        data: Any = answer.data
        assert isinstance(data, dict)
        return data

    async def aclose(self) -> None:
        await self._client.aclose()


def _to_json(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
