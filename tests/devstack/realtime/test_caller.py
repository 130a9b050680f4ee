"""As whom a channel listens, and for how long."""

import time

import jwt
import pytest

from devstack.keys import Keys
from devstack.project import Project
from tests.fixtures.lifecycle import Line
from tests.fixtures.realtime_socket import RealtimeSocket, token

JOBS = {"event": "INSERT", "schema": "public", "table": "jobs"}


def _soon() -> int:
    return int(time.time()) + 2


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        ("no token", "MalformedJWT: The token provided is not a valid JWT"),
        ("expired", "InvalidJWTToken: Token has expired"),
        ("without end", "InvalidJWTToken: Fields `role` and `exp` are required in JWT"),
        ("of the database's owner", "InvalidJWTToken: Fields `role` and `exp` are required in JWT"),
        ("of another project", "JwtSignatureError: Failed to validate JWT signature"),
        ("of the old secret, forged", "JwtSignatureError: Failed to validate JWT signature"),
    ],
)
async def test_a_bad_token_joins_nothing(
    project: Project, line: Line, socket: RealtimeSocket, refused: str, reason: str
) -> None:
    claims = {"sub": line.user_id, "role": "authenticated", "exp": int(time.time()) + 3600}
    tokens = {
        "no token": "not a token",
        "expired": token(project, line.user_id, exp=int(time.time()) - 60),
        "without end": token(project, line.user_id, exp=None),
        "of the database's owner": token(project, line.user_id, role="postgres"),
        "of another project": Keys.generate().sign(claims),
        "of the old secret, forged": jwt.encode(claims, "x" * 32, algorithm="HS256"),
    }
    reply = await socket.join(JOBS, as_=tokens[refused])
    assert reply == {"status": "error", "response": {"reason": reason}}


async def test_a_channel_ends_with_its_token(project: Project, line: Line, socket: RealtimeSocket) -> None:
    await socket.listen(JOBS, as_=token(project, line.user_id, exp=_soon()))
    said = await socket.next("system")
    assert (said["extension"], said["status"], said["message"]) == ("system", "error", "Token has expired")
    await socket.next("phx_close")
    await line.job()
    assert (await socket.ask("phoenix", "heartbeat"))["status"] == "ok", "no change came in between"


async def test_a_channel_lives_on_with_a_newer_token(project: Project, line: Line, socket: RealtimeSocket) -> None:
    ends = _soon()
    ids = await socket.listen(JOBS, as_=token(project, line.user_id, exp=ends))
    await socket.listen(JOBS, as_=token(project, line.user_id, exp=ends), topic="realtime:clock")
    await socket.send("realtime:test", "access_token", {"access_token": token(project, line.user_id)})
    assert (await socket.next("system"))["message"] == "Subscribed to PostgreSQL"
    assert (await socket.next("system"))["channel"] == "clock", "the old token has ended"
    await socket.next("phx_close")
    job = await line.job()
    message = await socket.next("postgres_changes")
    assert (message["ids"], message["data"]["record"]["id"]) == (ids, job)


async def test_a_bad_newer_token_ends_the_channel(socket: RealtimeSocket, as_owner: str) -> None:
    await socket.listen(JOBS, as_=as_owner)
    await socket.send("realtime:test", "access_token", {"access_token": "not a token"})
    assert (await socket.next("system"))["status"] == "error"
    await socket.next("phx_close")


@pytest.mark.parametrize("said", [None, "sb_publishable_whatever"])
async def test_an_api_key_is_no_newer_token(
    line: Line, socket: RealtimeSocket, as_owner: str, said: str | None
) -> None:
    await socket.listen(JOBS, as_=as_owner)
    await socket.send("realtime:test", "access_token", {"access_token": said})
    job = await line.job()
    assert (await socket.change())["record"]["id"] == job


async def test_another_user_s_token_listens_as_that_user(
    project: Project, line: Line, other_line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    await socket.listen(JOBS, as_=as_owner)
    await socket.send("realtime:test", "access_token", {"access_token": token(project, other_line.user_id)})
    await socket.next("system")
    await line.job()
    job = await other_line.job()
    assert (await socket.change())["record"]["id"] == job
