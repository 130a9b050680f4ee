"""Bodies that are no request at all."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.conftest import Attacker, assert_in_shape, assert_refused
from tests.fixtures.operations import Operation, hostile_texts, operations

WITH_BODY = [operation for operation in operations() if "requestBody" in operation.raw]
every_body = pytest.mark.parametrize("operation", WITH_BODY, ids=lambda o: o.id)

MAY_BE_ABSENT = {"nothing", "null"}
"""Where a body is optional."""
MAY_BE_IGNORED = {"wide", "no UTF-8", "UTF-16", "twice the same key"}
"""A JSON object whose keys are none of ours."""


@every_body
async def test_a_hostile_body_is_refused_or_ignored_and_never_a_crash(
    attacker: Attacker, counted: Callable[[], Any], operation: Operation
) -> None:
    before = await counted()
    accepted = 0
    for name, content in hostile_texts().items():
        answer = await attacker.send(operation, content=content, headers={"content-type": "application/json"})
        is_optional = not operation.raw["requestBody"].get("required", False)
        if answer.status_code == 200:
            assert name in MAY_BE_IGNORED or (name in MAY_BE_ABSENT and is_optional), f"{name}: {answer.text}"
            accepted += 1
        else:
            assert_refused(answer, name)
    # What an admin did with a body that may be ignored is written down, once each.
    after = await counted()
    logged = after.pop("user_activity_log") - before.pop("user_activity_log")
    assert after == before
    assert logged in (0, accepted)


@every_body
async def test_another_type_of_body_is_refused(attacker: Attacker, operation: Operation) -> None:
    for content_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        answer = await attacker.send(operation, content=b"a=1", headers={"content-type": content_type})
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type"), content_type
        assert_refused(answer, content_type)


@every_body
async def test_a_body_without_end_is_cut_off(attacker: Attacker, operation: Operation) -> None:
    """K14: there was no limit."""
    content = b'{"padding": "' + b"x" * 12 * 2**20
    answer = await attacker.send(operation, content=content, headers={"content-type": "application/json"})
    assert answer.status_code in (413, 415), answer.text
    assert_refused(answer)


@pytest.mark.parametrize("operation", operations(), ids=lambda o: o.id)
async def test_another_method_is_told(attacker: Attacker, operation: Operation) -> None:
    answer = await attacker.edge.http.request("PATCH", operation.filled(), headers=attacker.headers(operation))
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert_in_shape(answer)
