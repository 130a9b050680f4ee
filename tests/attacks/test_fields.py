"""Every field of every function, wrong in every way that its schema forbids: refused by name, with nothing written."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.queue_job.conversation import TEXT_SPELLINGS
from tests.attacks.conftest import Attacker, assert_in_shape, assert_no_crash, assert_refused
from tests.fixtures.operations import Operation, attacks, bad_values, operations

every_body = pytest.mark.parametrize("operation", [o for o in operations() if o.body_schema], ids=lambda o: o.id)

READ_OTHERWISE = {
    # The worker documents describe the error as an object.
    ("post_job_callback", "error_message", "an object"),
    # One model reads URL and body.
    *(("post_assets", "is_favorite", f"{value!r} as a boolean") for value in ("yes", "true", 1)),
}
"""Values that the schema forbids and an older document allows."""


OF_TEXT = {name for ours, others in TEXT_SPELLINGS.items() for name in (ours, *others)}
"""Fields of queue-job that are the client's own unless the job's output is text."""
TALK = {"job_type": "chat_conversation", "prompt": "What do you see?"}


@every_body
async def test_a_wrong_field_is_refused_by_its_name(
    attacker: Attacker, counted: Callable[[], Any], operation: Operation
) -> None:
    """Q15: numbers that were no numbers, and quantities out of range, were taken."""
    before = await counted()
    for attack in attacks(operation):
        if (operation.id, str(attack.field[0]), attack.fault) in READ_OTHERWISE:
            continue
        body = {**attack.body, **TALK} if attack.field[0] in OF_TEXT else attack.body
        answer = await attacker.send(operation, json=body if operation.id == "post_queue_job" else attack.body)
        assert_refused(answer, attack)
        assert answer.status_code == 400, f"{attack}: {answer.text}"
        assert attack.named in answer.json()["details"], f"{attack}: {answer.text}"
    assert await counted() == before


@every_body
async def test_null_is_nothing_or_refused(attacker: Attacker, operation: Operation) -> None:
    assert operation.body_schema is not None
    for name in operation.body_schema.get("properties", {}):
        answer = await attacker.send(operation, json={**operation.body(), name: None})
        assert_no_crash(answer.status_code, answer.text, name)
        if answer.status_code >= 400:
            assert_in_shape(answer, name)


@pytest.mark.parametrize(
    "operation", [o for o in operations() if o.parameters("query") or o.parameters("path")], ids=lambda o: o.id
)
async def test_a_wrong_parameter_of_a_url_is_refused(
    attacker: Attacker, counted: Callable[[], Any], operation: Operation
) -> None:
    before = await counted()
    for where in ("query", "path"):
        for name, schema in operation.parameters(where).items():
            wrong = [value for _, value in bad_values(schema) if isinstance(value, str | int | float) and value != ""]
            for value in [*wrong, "a\0b"]:
                text = str(value).replace("\0", "%00")
                url = operation.filled(**{name: text}) if where == "path" else f"{operation.filled()}?{name}={text}"
                answer = await attacker.send(operation, url)
                assert_refused(answer, f"{name}={text[:50]}")
    assert await counted() == before


@pytest.mark.parametrize("operation", [o for o in operations() if o.parameters("header")], ids=lambda o: o.id)
async def test_a_wrong_header_is_refused(attacker: Attacker, operation: Operation) -> None:
    for name, schema in operation.parameters("header").items():
        for fault, value in bad_values(schema):
            if isinstance(value, str):
                assert_refused(await attacker.send(operation, headers={name: value}), f"{name}: {fault}")
