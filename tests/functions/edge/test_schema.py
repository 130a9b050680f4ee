"""What every request body is held to before its own fields are read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.edge.schema import MAX_DEPTH, RequestModel, ResponseModel
from tests.fixtures.functions import Doubles


class Body(RequestModel):
    metadata: Any = None


class Answer(ResponseModel):
    success: bool = True


def nested(depth: int, *, in_lists: bool = False) -> Any:
    """A value with ``depth`` objects or lists inside each other."""
    value: Any = 1
    for _ in range(depth):
        value = [value] if in_lists else {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a\0b", "NUL"),
        ({"key\0": 1}, "NUL"),
        (["a", ["b\0"]], "NUL"),
        ("\ud800", "Unicode"),
        ({"\udfff": 1}, "Unicode"),
        (float("nan"), "finite"),
        ([float("inf")], "finite"),
        ({"a": {"b": -float("inf")}}, "finite"),
    ],
)
def test_what_the_database_cannot_store_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Body(metadata=value)


@pytest.mark.parametrize("value", ["", "naïve café", "日本語 🎨", 0, -1.5, 10**30, True, None, [], {}, {"": ""}])
def test_any_other_json_is_taken_as_it_is(value: Any) -> None:
    assert Body(metadata=value).metadata == value


@pytest.mark.parametrize("in_lists", [True, False])
def test_the_depth_is_counted_from_the_body_itself(in_lists: bool) -> None:
    assert Body(metadata=nested(MAX_DEPTH - 1, in_lists=in_lists)).metadata
    with pytest.raises(ValidationError, match=f"nested deeper than {MAX_DEPTH} levels"):
        Body(metadata=nested(MAX_DEPTH, in_lists=in_lists))


def test_unknown_fields_are_ignored() -> None:
    assert Body.model_validate({"metadata": 1, "another": 2}).model_dump() == {"metadata": 1}


def test_an_answer_never_holds_an_undeclared_field() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Answer.model_validate({"success": True, "secret": 1})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_whatever_passes_can_be_written_as_strict_utf_8_json(value: Any) -> None:
    try:
        body = Body(metadata=value)
    except ValidationError:
        return
    json.dumps(body.metadata, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "content",
    [
        b'{"metadata": ' + b'{"a":' * 990 + b"1" + b"}" * 990 + b"}",
        b'{"metadata": ' + b"[" * 990 + b"]" * 990 + b"}",
        b'{"metadata": ' + b'{"a":' * 100_000,
        b"[" * 500_000 + b"]" * 500_000,
        b'{"metadata": {"text": "\\u0000"}}',
        b'{"metadata": {"text": "\\ud800"}}',
        b'{"metadata": {"number": NaN}}',
        b'{"metadata": {"number": 1e999}}',
    ],
    ids=["objects", "lists", "open objects", "bare lists", "NUL", "surrogate", "NaN", "overflow"],
)
@pytest.mark.parametrize("path", ["queue-job", "jobs", "cancel-job"])
async def test_a_body_that_cannot_be_stored_is_the_caller_s_mistake(
    doubles: Doubles, path: str, content: bytes
) -> None:
    headers = {**doubles.as_user, "content-type": "application/json"}
    answer = await doubles.http.post(path, content=content, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert doubles.database.calls == []
