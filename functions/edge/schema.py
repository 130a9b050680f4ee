"""What every request body has in common."""

import math
from typing import Annotated, Any, Final

from fastapi import Header
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MAX_DEPTH: Final = 20

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=255)]
"""A header: the same key and request again get the first answer."""


class RequestModel(BaseModel):
    """A JSON object that the database can store: no NUL, no lone surrogate, no NaN, not nested deeper than 20."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _check_storable(cls, body: Any) -> Any:
        _check(body, 0)
        return body


class ResponseModel(BaseModel):
    """An answer of ours. The document says of every field that it is there, those with a default among them."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        hide_input_in_errors=True,
        json_schema_serialization_defaults_required=True,
    )


def _storable(text: str) -> str:
    _check(text, 0)
    return text


Storable = Annotated[str, AfterValidator(_storable)]
"""A text outside of a ``RequestModel``, as in a URL's path."""


def _no_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a boolean is no number")
    return value


Flag = Annotated[bool, Field(strict=True)]
"""A boolean of a JSON body: no text and no number stands for one."""
NUMBER: Final = BeforeValidator(_no_boolean)
"""For a number that may come as text, as in a URL, or as 2.0: ``true`` is not 1. Others say ``strict=True``."""


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth + 1)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text holds a NUL character")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("a text is not valid Unicode")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is not finite")
