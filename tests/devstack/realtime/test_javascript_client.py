"""The official JavaScript client, with either version of the protocol."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from devstack.project import Project
from tests.fixtures.lifecycle import Line
from tests.fixtures.node import Conversation, started_script

SCRIPT = Path(__file__).with_name("javascript_client.mjs")


async def _hear(script: Conversation) -> Any:
    said = await asyncio.to_thread(script.hear)
    return await _hear(script) if "heartbeat" in said else said


async def _until(script: Conversation, event: str, table: str) -> list[Any]:
    """Everything up to that change."""
    heard = [await _hear(script)]
    while (heard[-1].get("event"), heard[-1].get("table")) != (event, table):
        heard.append(await _hear(script))
    return heard


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_it_sees_its_user_s_changes_and_nobody_else_s(
    project: Project, line: Line, other_line: Line, as_owner: str, vsn: str
) -> None:
    with started_script(SCRIPT, project.url, project.keys.publishable_key, as_owner, line.user_id, vsn) as script:
        assert await asyncio.to_thread(script.hear) == {"status": "SUBSCRIBED"}
        assert await asyncio.to_thread(script.hear) == {"heartbeat": "ok"}
        for one in (other_line, line):
            attempt = await one.start()
            await attempt.finish()
        heard = await _until(script, "INSERT", "workspace_assets")
        for one in (other_line, line):
            await one.owner.execute("delete from workspace_assets where user_id = $1", one.user_id)
        heard += await _until(script, "DELETE", "workspace_assets")
        await line.job(original_prompt="marker")
        heard += await _until(script, "INSERT", "jobs")
        assert await _hear(script) == {"status": "SUBSCRIBED"}, "joined again by itself"
        await other_line.job(original_prompt="marker")
        await line.job(original_prompt="marker")
        again = await _hear(script)

    job, asset = heard[0]["new"], heard[-2]["old"]["id"]
    told = {(change["event"], change["new"].get("id") or change["old"]["id"]) for change in heard[:-1]}
    assert told == {
        ("INSERT", attempt.job_id),
        ("UPDATE", attempt.job_id),
        ("INSERT", asset),
        ("DELETE", asset),
    }
    assert (job["max_attempts"], job["config"], job["quality_rating"]) == (3, {"num_images": 1, "seed": 7}, None)
    assert {change["errors"] for change in heard} == {None}
    assert (again["event"], again["new"]["original_prompt"]) == ("INSERT", "marker")
