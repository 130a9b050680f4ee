"""Phoenix' protocol: joins, replies, heartbeats, leaves, broadcasts, and what is refused."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from devstack.project import Project
from tests.fixtures.realtime_socket import SECONDS, RealtimeSocket, opened

JOBS = {"event": "*", "schema": "public", "table": "jobs"}


@pytest.fixture(params=["1.0.0", "2.0.0"])
async def either(project: Project, request: pytest.FixtureRequest) -> AsyncIterator[RealtimeSocket]:
    """A socket of either version: supabase-py speaks the first, supabase-js the second."""
    async with opened(project, request.param) as socket:
        yield socket


async def test_a_join_is_answered_with_each_entry_and_its_id(either: RealtimeSocket, as_owner: str) -> None:
    own = {**JOBS, "event": "UPDATE", "filter": "status=eq.failed"}
    reply = await either.join(JOBS, own, as_=as_owner)
    entries = reply["response"]["postgres_changes"]
    assert [{**entry, "id": None} for entry in entries] == [{**JOBS, "id": None}, {**own, "id": None}]
    assert len({entry["id"] for entry in entries}) == 2


async def test_the_subscription_is_told_in_a_system_message(either: RealtimeSocket, as_owner: str) -> None:
    await either.join(JOBS, as_=as_owner)
    assert await either.next("system") == {
        "extension": "postgres_changes",
        "status": "ok",
        "message": "Subscribed to PostgreSQL",
        "channel": "test",
    }


async def test_a_heartbeat_is_answered(either: RealtimeSocket) -> None:
    assert await either.ask("phoenix", "heartbeat") == {"status": "ok", "response": {}}


async def test_a_channel_that_is_left_is_closed_with_its_join_s_ref(either: RealtimeSocket) -> None:
    await either.join()
    assert (await either.ask("realtime:test", "phx_leave"))["status"] == "ok"
    closed = await either.receive()
    assert (closed["event"], closed["ref"]) == ("phx_close", either.joins["realtime:test"])


async def test_a_second_join_closes_the_first_channel_of_its_topic(socket: RealtimeSocket, as_owner: str) -> None:
    await socket.listen(JOBS, as_=as_owner)
    first = socket.joins["realtime:test"]
    await socket.send("realtime:test", "phx_join", {"config": {"postgres_changes": [JOBS]}, "access_token": as_owner})
    closed, reply = await socket.receive(), await socket.receive()
    assert (closed["event"], closed["join_ref"]) == ("phx_close", first)
    assert reply["payload"]["status"] == "ok"


async def test_a_channel_can_be_joined_again_after_it_was_left(socket: RealtimeSocket, as_owner: str) -> None:
    await socket.listen(JOBS, as_=as_owner)
    await socket.ask("realtime:test", "phx_leave")
    await socket.next("phx_close")
    await socket.listen(JOBS, as_=as_owner)


async def test_a_message_to_a_topic_that_was_not_joined_is_refused(socket: RealtimeSocket) -> None:
    reply = await socket.ask("realtime:test", "broadcast", {"event": "hello", "payload": {}})
    assert reply == {"status": "error", "response": {"reason": "unmatched topic"}}


@pytest.mark.parametrize("topic", ["realtime:", "other:test"])
async def test_a_topic_has_a_name(socket: RealtimeSocket, topic: str) -> None:
    assert (await socket.join(topic=topic))["response"]["reason"].startswith("TopicNameRequired")


@pytest.mark.parametrize("config", [{"private": True}, {"presence": {"enabled": True}}])
async def test_what_the_stand_in_does_not_do_is_refused(socket: RealtimeSocket, config: dict[str, Any]) -> None:
    assert (await socket.join(**config))["status"] == "error"


async def test_presence_is_refused_on_a_joined_channel_too(socket: RealtimeSocket) -> None:
    await socket.join()
    reply = await socket.ask("realtime:test", "presence", {"event": "track", "payload": {}})
    assert (reply["status"], reply["response"]["reason"]) == ("error", "Presence is not part of the local stack")


async def test_a_broadcast_over_http_is_refused(project: Project) -> None:
    async with httpx.AsyncClient(headers={"apikey": project.keys.publishable_key}) as http:
        answer = await http.post(f"{project.url}/realtime/v1/api/broadcast", json={"messages": []})
    assert (answer.status_code, "join the channel" in answer.json()["error"]) == (501, True)


async def test_a_broadcast_reaches_the_other_members_of_its_channel(project: Project, socket: RealtimeSocket) -> None:
    async with opened(project, "1.0.0") as other:
        await socket.join(broadcast={"self": False, "ack": True})
        await other.join()
        message = {"type": "broadcast", "event": "hello", "payload": {"n": 1}}
        assert (await socket.ask("realtime:test", "broadcast", message))["status"] == "ok"
        assert await other.next("broadcast") == message


async def test_a_broadcast_reaches_its_sender_where_it_asked_for_that(socket: RealtimeSocket) -> None:
    await socket.join(broadcast={"self": True})
    await socket.send("realtime:test", "broadcast", {"type": "broadcast", "event": "hello", "payload": {}})
    assert (await socket.next("broadcast"))["event"] == "hello"


async def test_a_broadcast_may_come_in_a_binary_frame(socket: RealtimeSocket) -> None:
    await socket.join(broadcast={"self": True})
    texts = ["1", "2", "realtime:test", "hello", ""]
    header = struct.pack("!7B", 3, *map(len, texts), 1)
    await socket.connection.send(header + "".join(texts).encode() + json.dumps({"n": 1}).encode())
    assert await socket.next("broadcast") == {"type": "broadcast", "event": "hello", "payload": {"n": 1}}


@pytest.mark.parametrize("frame", ["no JSON", '{"topic": "t"}', '["1", "1", "t", "e", "no object"]', b"\x04", b""])
async def test_a_frame_that_is_no_message_closes_the_socket(socket: RealtimeSocket, frame: str | bytes) -> None:
    await socket.connection.send(frame)
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(SECONDS):
            await socket.connection.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1007


@pytest.mark.parametrize("key", ["sb_publishable_forged", "&apikey="])
async def test_a_socket_without_a_key_of_the_project_is_not_opened(project: Project, key: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with opened(project, key=key):
            pass
    assert refusal.value.response.status_code == 401
