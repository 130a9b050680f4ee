"""The seam and its two errors."""

from typing import Any, Protocol

from functions.edge.errors import ApiError
from shared.errors import ErrorCode


class DatabaseUnavailable(ApiError):
    """The database cannot be reached, is starting, stopping or out of connections: 503, nothing half-done."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.DATABASE_UNAVAILABLE, "The database cannot be reached now.")


class DatabaseError(Exception):
    """The database refused the call: a defect of ours. ``sqlstate`` is PostgreSQL's or PostgREST's code."""

    def __init__(self, function: str, sqlstate: str, message: str) -> None:
        super().__init__(f"{function}: {sqlstate} {message}")
        self.sqlstate = sqlstate


class Database(Protocol):
    async def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        """Call a SQL function of schema ``public`` as the service, in one transaction; its JSON answer.

        Arguments are JSON values, ``UUID`` or ``datetime``, by the SQL function's argument names.
        Raises ``DatabaseUnavailable`` and ``DatabaseError``.
        """

    async def aclose(self) -> None: ...
