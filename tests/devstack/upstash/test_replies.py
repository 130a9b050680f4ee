"""Raw replies as JSON."""

from typing import Any

import pytest
from redis.exceptions import NoPermissionError, ResponseError

from devstack.upstash.commands import CommandError
from devstack.upstash.replies import error_text, to_json

NESTED = [b"0", [b"key", 1, None], []]


@pytest.mark.parametrize(
    ("reply", "result"),
    [(b"OK", "OK"), (b"value", "value"), (7, 7), (None, None), (NESTED, ["0", ["key", 1, None], []]), (b"\xff", "�")],
)
def test_replies_are_text(reply: Any, result: Any) -> None:
    assert to_json(reply, as_base64=False) == {"result": result}


@pytest.mark.parametrize(
    ("reply", "result"),
    [(b"value", "dmFsdWU="), (b"\xff", "/w=="), (7, 7), (None, None), (NESTED, ["MA==", ["a2V5", 1, None], []])],
)
def test_replies_are_base64_on_request(reply: Any, result: Any) -> None:
    assert to_json(reply, as_base64=True) == {"result": result}


def test_ok_is_never_encoded() -> None:
    assert to_json(b"OK", as_base64=True) == {"result": "OK"}


def test_ok_inside_an_array_is_encoded() -> None:
    """There, clients decode every string."""
    assert to_json([b"OK"], as_base64=True) == {"result": ["T0s="]}


@pytest.mark.parametrize("as_base64", [True, False])
def test_errors_are_never_encoded(as_base64: bool) -> None:
    assert to_json(ResponseError("WRONGTYPE no"), as_base64=as_base64) == {"error": "WRONGTYPE no"}


def test_an_error_gets_its_first_word_back() -> None:
    assert error_text(ResponseError("syntax error", status_code="ERR")) == "ERR syntax error"
    assert error_text(NoPermissionError("no permissions", status_code="NOPERM")) == "NOPERM no permissions"


def test_an_error_of_the_bridge_itself_is_whole() -> None:
    assert to_json(CommandError("ERR empty command"), as_base64=True) == {"error": "ERR empty command"}


def test_an_error_inside_an_array_is_text() -> None:
    error = ResponseError("no", status_code="ERR")
    assert to_json([error], as_base64=False) == {"result": ["ERR no"]}
    assert to_json([error], as_base64=True) == {"result": ["RVJSIG5v"]}
