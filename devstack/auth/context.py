"""What every endpoint works with."""

from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from devstack.auth.errors import AuthError
from devstack.keys import Keys

Body = TypeVar("Body", bound=BaseModel)

Connection = Any
"""A connection of the pool; asyncpg ships no types."""


@dataclass(frozen=True, slots=True)
class Context:
    pool: asyncpg.Pool
    keys: Keys
    issuer: str
    """The ``iss`` of access tokens: the gateway's URL and ``/auth/v1``."""

    @classmethod
    def of(cls, request: Request) -> "Context":
        context: Context = request.app.state.context
        return context


async def read_body(request: Request, model: type[Body]) -> Body:
    """The JSON body. Raises ``AuthError`` 400 ``bad_json``; the offending value is not repeated."""
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise AuthError(400, "bad_json", f"Could not parse request body as JSON: {where} {first['msg']}") from None
