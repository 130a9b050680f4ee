"""What every endpoint works with."""

from dataclasses import dataclass
from typing import TypeVar, cast

from pydantic import BaseModel
from starlette.requests import Request

from devstack.keys import Keys
from devstack.storage.caller import Caller
from devstack.storage.database import Database
from devstack.storage.files import Files

Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Storage:
    """The stand-in's parts."""

    database: Database
    files: Files
    keys: Keys

    def caller(self, request: Request) -> Caller:
        return Caller.from_header(request.headers.get("authorization"), self.keys)


def storage_of(request: Request) -> Storage:
    return cast(Storage, request.app.state.storage)


def object_of(request: Request) -> tuple[str, str]:
    """The bucket and the object's name in the request's path."""
    return request.path_params["bucket"], request.path_params["name"]


async def body_of(request: Request, model: type[Body]) -> Body:
    """The JSON body. Raises ``pydantic.ValidationError``."""
    return model.model_validate_json(await request.body())
