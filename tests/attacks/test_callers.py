"""Who is nobody, or somebody else: no function answers them, whatever id they know."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from devstack.keys import Keys
from devstack.project import Project
from tests.attacks.conftest import Attacker, assert_in_shape, assert_refused
from tests.fixtures.functions import bearer, user_claims
from tests.fixtures.operations import Operation, operations
from tests.fixtures.users import User

MARK = "a castle of the victim's own"

closed = pytest.mark.parametrize("operation", [o for o in operations() if o.modes], ids=lambda o: o.id)


def uuid_fields(operation: Operation) -> tuple[list[str], list[str]]:
    """Names of the body's and of the path's ids."""
    properties = (operation.body_schema or {}).get("properties", {})
    in_body = [name for name, schema in properties.items() if '"uuid"' in str(schema).replace("'", '"')]
    return in_body, list(operation.parameters("path"))


@closed
async def test_without_a_good_credential_nothing_is_answered(
    attacker: Attacker, project: Project, operation: Operation
) -> None:
    """Before anything is looked at: a good body and a bad one get the same answer."""
    stranger = Keys.generate()
    bad = [
        {},
        {"apikey": project.keys.publishable_key},
        {"apikey": "sb_secret_wrong"},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        bearer("no.token.at.all"),
        bearer(stranger.sign(user_claims(UUID(attacker.user.id)))),
        bearer(project.keys.sign(user_claims(UUID(attacker.user.id), exp=1))),
        bearer(project.keys.sign(user_claims(UUID(attacker.user.id), role="service_role"))),
    ]
    for headers in bad:
        body: Any = {} if operation.body_schema is None else {"json": operation.body()}
        answer = await attacker.edge.http.request(operation.method, operation.filled(), headers=headers, **body)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), answer.text
        assert_in_shape(answer)


# Everybody's is an admin's to see.
with_ids = [o for o in operations() if any(uuid_fields(o)) and "admin" not in o.modes]


@pytest.mark.parametrize("operation", with_ids, ids=lambda o: o.id)
async def test_an_id_of_nothing_and_of_another_user_s_tell_the_same_and_change_nothing(
    attacker: Attacker, operation: Operation, new_user: Callable[[], User], owner: Any
) -> None:
    """P6; K14: neither is an oracle of what there is."""
    victim, caller = new_user(), new_user()
    body = {"job_type": "sdxl_image_fast", "prompt": MARK}
    queued = await attacker.edge.http.post("queue-job", json=body, headers=victim.headers)
    job_id = queued.json()["job_id"]
    row = await owner.fetchrow("select * from jobs where id = $1", UUID(job_id))
    in_body, in_path = uuid_fields(operation)
    is_user_s = "user" in operation.modes
    headers = caller.headers if is_user_s else attacker.headers(operation, -1)

    answers = []
    for known in (job_id, str(uuid4())):
        options: Any = {"json": {**operation.body(), **dict.fromkeys(in_body, known)}} if operation.body_schema else {}
        url = operation.filled(**dict.fromkeys(in_path, known))
        answers.append(await attacker.edge.http.request(operation.method, url, headers=headers, **options))
    theirs, nothing = answers
    assert (theirs.status_code, theirs.json().get("code")) == (nothing.status_code, nothing.json().get("code"))
    assert MARK not in theirs.text
    if in_path:
        assert_refused(theirs)
    assert await owner.fetchrow("select * from jobs where id = $1", UUID(job_id)) == row
    await owner.execute("delete from auth.users where id = any ($1)", [UUID(victim.id), UUID(caller.id)])


@closed
async def test_no_error_tells_what_was_sent(attacker: Attacker, operation: Operation) -> None:
    """S19: errors carried exception texts, and logs whole payloads."""
    secret = "https://project.test/object/sign/a.png?token=a-secret-signature"
    properties = (operation.body_schema or {}).get("properties", {})
    for body in ({name: {"x": secret} for name in properties}, dict.fromkeys(properties, secret), {"x": secret}):
        answer = await attacker.send(operation, json=body)
        if answer.status_code >= 400:
            assert "a-secret-signature" not in answer.text
