"""The names that documents and clients use for a thing, read into the one that is used inside."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from shared.job_types import ALIASES, JOB_TYPES

Spellings = Mapping[str, tuple[str, ...]]
"""Our name of a field, and the others it is known by."""

_JOB_TYPE_NAMES: Final = (*JOB_TYPES, *ALIASES)


def found_in(body: dict[str, Any], spellings: Spellings) -> dict[str, Any]:
    """By our names, what the body says, else its ``metadata``, else its ``config``. A null says nothing."""
    places = [place for place in (body, body.get("metadata"), body.get("config")) if isinstance(place, dict)]
    found: dict[str, Any] = {}
    for name, others in spellings.items():
        for place in places:
            value = next((place[key] for key in (name, *others) if place.get(key) is not None), None)
            if value is not None:
                found[name] = value
                break
    return found


def places_in(body: dict[str, Any]) -> dict[str, Any]:
    """``metadata`` and ``config`` as the body has them, for their fields to check. A null says nothing."""
    return {name: body[name] for name in ("metadata", "config") if body.get(name) is not None}


def job_type_in_type(body: dict[str, Any]) -> str | None:
    """``type`` where it names a job type; a client's own ``type`` of anything else does not."""
    places = (place for place in (body, *places_in(body).values()) if isinstance(place, dict))
    return next((name for place in places if (name := place.get("type")) in _JOB_TYPE_NAMES), None)


def job_type_name(name: Any) -> Any:
    """The name of a job type or an alias of one, as it is. Raises ``ValueError``, which names them all."""
    if name not in _JOB_TYPE_NAMES:
        raise ValueError(f"one of {', '.join(_JOB_TYPE_NAMES)}")
    return name


JobTypeName = Annotated[str, BeforeValidator(job_type_name), Field(json_schema_extra={"enum": [*_JOB_TYPE_NAMES]})]
