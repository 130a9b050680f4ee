"""Which changes reach whom, and as what: as ``realtime.apply_rls`` decides in a hosted project."""

from typing import Any
from uuid import UUID

import pytest

from devstack.project import Project
from tests.fixtures.lifecycle import Line
from tests.fixtures.realtime_socket import RealtimeSocket, token

JOBS = {"event": "*", "schema": "public", "table": "jobs"}
ASSETS = {"event": "*", "schema": "public", "table": "workspace_assets"}


async def test_an_insert_tells_the_row_as_postgrest_would(line: Line, socket: RealtimeSocket, as_owner: str) -> None:
    ids = await socket.listen(JOBS, as_=as_owner)
    job = await line.job(warnings=[{"code": "small"}])
    message = await socket.next("postgres_changes")
    data = message["data"]
    assert message["ids"] == ids
    assert set(data) == {"schema", "table", "type", "commit_timestamp", "columns", "record", "errors"}
    assert (data["schema"], data["table"], data["type"], data["errors"]) == ("public", "jobs", "INSERT", None)
    assert {"name": "config", "type": "jsonb"} in data["columns"]
    record = data["record"]
    assert (record["id"], record["status"], record["max_attempts"]) == (job, "queued", 3)
    assert (record["config"], record["warnings"]) == ({"num_images": 1, "seed": 7}, [{"code": "small"}])
    assert record["error_message"] is None
    assert set(record) == {column["name"] for column in data["columns"]}


async def test_an_update_tells_the_row_and_what_identified_it(
    line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    job = await line.job()
    await socket.listen({**JOBS, "event": "UPDATE"}, as_=as_owner)
    await line.cancel(job)
    data = await socket.change()
    assert (data["record"]["id"], data["record"]["status"]) == (job, "cancelled")
    assert data["old_record"] == {"id": job}


async def test_an_update_tells_the_whole_old_row_where_the_identity_is_full(
    line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    attempt = await line.start()
    await attempt.finish()
    settings = {"note": "x" * 10_000}
    await line.owner.execute(
        "update workspace_assets set generation_settings = $2 where job_id = $1", UUID(attempt.job_id), settings
    )
    await socket.listen(ASSETS, as_=as_owner)
    await line.owner.execute("update workspace_assets set width = 7 where job_id = $1", UUID(attempt.job_id))
    data = await socket.change()
    assert (data["old_record"]["width"], data["record"]["width"]) == (64, 7)
    assert data["record"]["generation_settings"] == settings, "large and untouched, but told"


async def test_a_job_s_whole_life_arrives_in_order(line: Line, socket: RealtimeSocket, as_owner: str) -> None:
    await socket.listen(JOBS, {**ASSETS, "event": "INSERT"}, as_=as_owner)
    attempt = await line.start()
    await attempt.finish()
    seen: list[Any] = []
    while seen[-1:] != ["completed"]:
        data = await socket.change()
        seen.append("asset" if data["table"] == "workspace_assets" else data["record"]["status"])
    assert list(dict.fromkeys(seen)) == ["queued", "processing", "asset", "completed"]


async def test_another_user_s_changes_never_arrive(
    line: Line, other_line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    """P6: whoever may not select a row is not told of it."""
    await socket.listen({**JOBS, "event": "INSERT"}, {**ASSETS, "event": "INSERT"}, as_=as_owner)
    other = await other_line.start()
    await other.finish()
    job = await line.job()
    assert (await socket.change())["record"]["id"] == job, "the first that arrives is one's own"


async def test_a_filter_for_another_user_opens_nothing(
    line: Line, other_line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    await socket.listen({**JOBS, "filter": f"user_id=eq.{other_line.user_id}"}, JOBS, as_=as_owner)
    await other_line.job()
    job = await line.job()
    assert (await socket.change())["record"]["id"] == job


async def test_an_admin_is_told_of_everybody_s_jobs(
    project: Project, line: Line, other_line: Line, socket: RealtimeSocket
) -> None:
    await line.owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", line.user_id)
    await socket.listen({**JOBS, "filter": f"user_id=eq.{other_line.user_id}"}, as_=token(project, line.user_id))
    job = await other_line.job()
    assert (await socket.change())["record"]["id"] == job


async def test_an_anonymous_subscriber_is_told_that_he_may_not(line: Line, socket: RealtimeSocket) -> None:
    await socket.join({**JOBS, "event": "INSERT"})
    await socket.next("system")
    await line.job()
    data = await socket.change()
    assert data["errors"] == ["Error 401: Unauthorized"]
    assert "record" not in data


async def test_a_delete_tells_the_key_alone(line: Line, socket: RealtimeSocket, as_owner: str) -> None:
    """The row is gone, so nobody can ask whether the subscriber might have seen it."""
    attempt = await line.start()
    await attempt.finish()
    (asset,) = await line.assets(attempt.job_id)
    await socket.listen({**ASSETS, "event": "DELETE"}, as_=as_owner)
    await line.owner.execute("delete from workspace_assets where id = $1", asset["id"])
    data = await socket.change()
    assert (data["type"], data["old_record"]) == ("DELETE", {"id": str(asset["id"])})
    assert "record" not in data


async def test_a_delete_is_filtered_by_what_the_identity_tells(
    line: Line, other_line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    """Assets have a full identity, so that a client hears of its own alone; jobs tell their ids only."""
    own, other = await line.start(), await other_line.start()
    for attempt in (own, other):
        await attempt.finish()
    (asset,) = await line.assets(own.job_id)
    mine = {"event": "DELETE", "filter": f"user_id=eq.{line.user_id}"}
    await socket.listen({**JOBS, **mine}, {**ASSETS, **mine}, as_=as_owner)
    for attempt in (other, own):
        await line.owner.execute("delete from jobs where id = $1", UUID(attempt.job_id))
        await line.owner.execute("delete from workspace_assets where job_id = $1", UUID(attempt.job_id))
    data = await socket.change()
    assert (data["table"], data["old_record"]) == ("workspace_assets", {"id": str(asset["id"])})


async def test_the_library_s_changes_arrive(
    line: Line, other_line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    mine = {"event": "*", "schema": "public", "table": "user_library", "filter": f"user_id=eq.{line.user_id}"}
    await socket.listen(mine, as_=as_owner)
    users = [UUID(other_line.user_id), UUID(line.user_id)]
    for user_id in users:
        await line.owner.execute(
            "insert into user_library (user_id, asset_type, storage_path, file_size_bytes, mime_type, original_prompt,"
            " model_used, tags) values ($1, 'image', $2, 1, 'image/png', 'a garden', 'sdxl', '{a,b}')",
            user_id,
            f"{user_id}/1.png",
        )
    inserted = await socket.change()
    await line.owner.execute("update user_library set is_favorite = true where user_id = any($1)", users)
    updated = await socket.change()
    await line.owner.execute("delete from user_library where user_id = any($1)", users)
    deleted = await socket.change()
    assert inserted["record"]["tags"] == ["a", "b"]
    assert (updated["old_record"]["is_favorite"], updated["record"]["is_favorite"]) == (False, True)
    assert deleted["old_record"] == {"id": inserted["record"]["id"]}


@pytest.mark.parametrize(
    "condition",
    [
        "max_attempts=eq.5",
        "max_attempts=neq.3",
        "max_attempts=gt.4",
        "max_attempts=gte.5",
        "max_attempts=in.(4,5)",
        "job_type=in.(other,later)",
        "original_prompt=eq.the later one",
    ],
)
async def test_a_filter_lets_through_what_fits(
    line: Line, socket: RealtimeSocket, as_owner: str, condition: str
) -> None:
    first, second = await line.job(), await line.job()
    await socket.listen({**JOBS, "event": "UPDATE", "filter": condition}, as_=as_owner)
    query = "update jobs set max_attempts = $2, job_type = $3, original_prompt = $4 where id = $1"
    await line.owner.execute(query, UUID(first), 3, "first", "the first one")
    await line.owner.execute(query, UUID(second), 5, "later", "the later one")
    assert (await socket.change())["record"]["id"] == second


@pytest.mark.parametrize("condition", ["max_attempts=lt.4", "max_attempts=lte.3"])
async def test_a_filter_compares_as_numbers(line: Line, socket: RealtimeSocket, as_owner: str, condition: str) -> None:
    job = await line.job()
    await socket.listen({**JOBS, "event": "UPDATE", "filter": condition}, as_=as_owner)
    for number in (10, 3):
        await line.owner.execute("update jobs set max_attempts = $2 where id = $1", UUID(job), number)
    assert (await socket.change())["record"]["max_attempts"] == 3


async def test_only_the_subscriptions_that_fit_are_named(line: Line, socket: RealtimeSocket, as_owner: str) -> None:
    inserts, _, all_of_mine = await socket.listen(
        {**JOBS, "event": "INSERT"},
        {**JOBS, "event": "UPDATE"},
        {**JOBS, "filter": f"user_id=eq.{line.user_id}"},
        as_=as_owner,
    )
    await line.job()
    assert (await socket.next("postgres_changes"))["ids"] == [inserts, all_of_mine]


async def test_a_schema_stands_for_all_of_its_published_tables(
    line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    await socket.listen({"event": "INSERT", "schema": "public"}, as_=as_owner)
    attempt = await line.start()
    await attempt.finish()
    assert [(await socket.change())["table"] for _ in range(2)] == ["jobs", "workspace_assets"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"table": "system_config"}, "Please check Realtime is enabled"),
        ({"table": "jobs", "filter": "metadata->>destination=eq.library"}, "invalid column for filter metadata"),
        ({"table": "jobs", "filter": "id=eq.not a uuid"}, "invalid input syntax for type uuid"),
        ({"table": "jobs", "filter": "status=like.q%"}, "Error parsing `filter` params"),
        ({"table": "jobs", "filter": "status=in.queued"}, "wrapped by parentheses"),
        ({"table": "jobs", "filter": "status=eq.queued,attempts=gt.1"}, "not part of the local stack"),
        ({"table": "jobs", "select": ["id"]}, "not part of the local stack"),
        ({}, "No subscription params provided"),
    ],
)
async def test_what_cannot_be_subscribed_to_is_told_and_the_channel_stays(
    socket: RealtimeSocket, as_owner: str, entry: dict[str, Any], reason: str
) -> None:
    reply = await socket.join({"event": "*", **entry}, as_=as_owner)
    assert reply["status"] == "ok"
    said = await socket.next("system")
    assert (said["extension"], said["status"]) == ("postgres_changes", "error")
    assert reason in said["message"]


async def test_one_bad_entry_keeps_all_entries_of_its_channel_from_being_told(
    line: Line, socket: RealtimeSocket, as_owner: str
) -> None:
    await socket.join(JOBS, {"event": "*", "schema": "public", "table": "queues"}, as_=as_owner)
    assert (await socket.next("system"))["status"] == "error"
    await socket.listen({**JOBS, "event": "INSERT"}, as_=as_owner, topic="realtime:other")
    await line.job()
    assert (await socket.receive())["topic"] == "realtime:other"
