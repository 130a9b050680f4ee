"""What a subscription asks for: ``{"event": "UPDATE", "schema": "public", "table": "jobs", "filter": "id=eq.…"}``.

The hosted service reads more than this: ``like``, ``is``, ``not.``, conditions joined by commas, and ``select``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

OPERATORS: Final = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "in": "= any"}
ACTIONS: Final = ("INSERT", "UPDATE", "DELETE")
ANY: Final = "*"

_FILTER: Final = re.compile(r"(?P<column>[^=]+)=(?P<operator>[a-z]+)\.(?P<value>.*)", re.DOTALL)


class SubscriptionError(Exception):
    """The channel is joined, but no changes come; the client is told this in a ``system`` message."""


@dataclass(frozen=True, slots=True)
class Filter:
    column: str
    operator: str
    value: str
    """As PostgreSQL reads it: the elements of ``in`` are an array's text."""

    @classmethod
    def parse(cls, text: str) -> "Filter":
        """Raises ``SubscriptionError``."""
        match = _FILTER.fullmatch(text.strip())
        if match is None or match["operator"] not in OPERATORS:
            raise SubscriptionError(f"Error parsing `filter` params: {text}. Operators here: {', '.join(OPERATORS)}")
        value = match["value"]
        if match["operator"] == "in":
            if not (value.startswith("(") and value.endswith(")")):
                raise SubscriptionError("`in` filter value must be wrapped by parentheses")
            value = "{" + value[1:-1] + "}"
        elif "," in value:
            raise SubscriptionError("Filters joined by commas are not part of the local stack")
        return cls(match["column"], match["operator"], value)

    def condition(self, type_name: str) -> str:
        """SQL over the row's value ``$1`` and this filter's ``$2``, both as text."""
        if self.operator == "in":
            return f"$1::text::{type_name} = any($2::text::{type_name}[])"
        return f"$1::text::{type_name} {OPERATORS[self.operator]} $2::text::{type_name}"


@dataclass(frozen=True, slots=True)
class Wish:
    """One entry of a join's ``postgres_changes``."""

    event: str
    schema: str
    table: str
    filter: Filter | None

    @classmethod
    def parse(cls, params: Mapping[str, Any]) -> "Wish":
        """Raises ``SubscriptionError``."""
        schema, table, text = params.get("schema"), params.get("table"), params.get("filter")
        if schema is None and table is None:
            raise SubscriptionError(
                "No subscription params provided. Please provide at least a `schema` or `table` to subscribe to"
            )
        if params.get("select"):
            raise SubscriptionError("`select` params are not part of the local stack")
        event = str(params.get("event", ANY)).upper()
        return cls(
            event if event in ACTIONS else ANY,
            schema or "public",
            table or ANY,
            Filter.parse(text) if text and text.strip() else None,
        )

    def __str__(self) -> str:
        return f"event: {self.event}, schema: {self.schema}, table: {self.table}"
