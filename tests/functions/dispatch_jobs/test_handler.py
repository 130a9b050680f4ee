"""One sweep over HTTP."""

from typing import Any
from uuid import UUID

import pytest

from devstack.project import Project
from functions.edge.database import DatabaseUnavailable
from tests.fixtures.functions import KEYS, Doubles, bearer
from tests.fixtures.rows import handout, job_row
from tests.fixtures.wire import Wire


async def test_a_sweep_tells_what_it_ended_and_what_each_list_now_holds(doubles: Doubles) -> None:
    rows = [job_row(), job_row()]
    doubles.database.will_answer(
        "sweep_jobs", {"outcome": "swept", "ended": 3, "lists": {"sdxl_queue": [handout(row) for row in rows]}}
    )
    answer = await doubles.http.post("dispatch-jobs", headers=doubles.as_service)
    assert (answer.status_code, answer.json()) == (
        200,
        {"success": True, "outcome": "swept", "ended": 3, "queues": {"sdxl_queue": 2}, "deleted": 0},
    )
    assert len(doubles.queue.lists["sdxl_queue"]) == 2


async def test_a_sweep_beside_another_one_is_busy(doubles: Doubles) -> None:
    doubles.database.will_answer("sweep_jobs", {"outcome": "busy", "lists": {}})
    answer = await doubles.http.post("dispatch-jobs", headers=doubles.as_service)
    assert answer.json() == {"success": True, "outcome": "busy", "ended": 0, "queues": {}, "deleted": 0}


async def test_while_redis_is_down_it_says_so(doubles: Doubles) -> None:
    doubles.queue.broken = True
    doubles.database.will_answer(
        "sweep_jobs", {"outcome": "swept", "ended": 0, "lists": {"sdxl_queue": [handout(job_row())]}}
    )
    answer = await doubles.http.post("dispatch-jobs", headers=doubles.as_service)
    assert (answer.status_code, answer.json()["code"]) == (503, "queue_unavailable")


async def test_while_the_database_is_down_it_says_so(doubles: Doubles) -> None:
    doubles.database.will_answer("sweep_jobs", DatabaseUnavailable())
    answer = await doubles.http.post("dispatch-jobs", headers=doubles.as_service)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


async def test_asked_for_housekeeping_it_deletes_what_sql_names_and_sweeps(doubles: Doubles) -> None:
    doubles.storage.objects = {("workspace-temp", "u/j/1-0.png"), ("workspace-temp", "u/j/kept.png")}
    doubles.database.will_answer("housekeeping", {"outcome": "kept", "objects": {"workspace-temp": ["u/j/1-0.png"]}})
    doubles.database.will_answer("sweep_jobs", {"outcome": "busy", "lists": {}})
    answer = await doubles.http.post("dispatch-jobs", json={"housekeeping": True}, headers=doubles.as_service)
    assert answer.json() == {"success": True, "outcome": "busy", "ended": 0, "queues": {}, "deleted": 1}
    assert doubles.storage.objects == {("workspace-temp", "u/j/kept.png")}


async def test_over_the_stack_an_expired_asset_goes_with_its_files(wire: Wire, project: Project, owner: Any) -> None:
    """W7: row, picture and thumbnail, and nothing of an asset that lives on."""
    attempts = [await wire.start(), await wire.start()]
    for attempt in attempts:
        await attempt.complete()
    expired, other = [attempt.job_id for attempt in attempts]
    await owner.execute("update workspace_assets set expires_at = clock_timestamp() where job_id = $1", UUID(expired))
    await owner.execute(
        "update storage.objects set created_at = clock_timestamp() - interval '4 hours' where name like $1",
        f"{wire.user.id}/%",
    )
    answer = await wire.edge.http.post(
        "dispatch-jobs", json={"housekeeping": True}, headers={"apikey": project.keys.secret_key}
    )
    assert answer.json()["deleted"] >= 2
    left = await owner.fetch("select name from storage.objects where name like $1", f"{wire.user.id}/%")
    assert {row["name"].split("/")[1] for row in left} == {other}
    assert await owner.fetchval("select count(*) from workspace_assets where job_id = $1", UUID(expired)) == 0


async def test_house_is_kept_while_redis_is_down(doubles: Doubles) -> None:
    doubles.queue.broken = True
    doubles.storage.objects = {("workspace-temp", "u/j/1-0.png")}
    doubles.database.will_answer("housekeeping", {"outcome": "kept", "objects": {"workspace-temp": ["u/j/1-0.png"]}})
    doubles.database.will_answer(
        "sweep_jobs", {"outcome": "swept", "ended": 0, "lists": {"sdxl_queue": [handout(job_row())]}}
    )
    answer = await doubles.http.post("dispatch-jobs", json={"housekeeping": True}, headers=doubles.as_service)
    assert answer.status_code == 503
    assert doubles.storage.objects == set()


@pytest.mark.parametrize("body", [None, {}, {"reason": "pg_cron"}])
async def test_it_needs_no_body_and_minds_none(doubles: Doubles, body: Any) -> None:
    doubles.database.will_answer("sweep_jobs", {"outcome": "busy", "lists": {}})
    assert (await doubles.http.post("dispatch-jobs", json=body, headers=doubles.as_service)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"apikey": KEYS.publishable_key},
        {"apikey": KEYS.anon_key},
        bearer(KEYS.anon_key),
        bearer("sb_secret_guessed"),
        {"apikey": KEYS.secret_key, **bearer("garbage")},
    ],
)
async def test_nobody_but_the_service_sweeps(doubles: Doubles, headers: dict[str, str]) -> None:
    assert (await doubles.http.post("dispatch-jobs", headers=headers)).status_code == 401
    assert doubles.database.calls == []


async def test_a_user_does_not_sweep(doubles: Doubles) -> None:
    assert (await doubles.http.post("dispatch-jobs", headers=doubles.as_user)).status_code == 401
    assert doubles.database.calls == []


async def test_over_the_stack_a_waiting_job_outlives_any_sweep(wire: Wire, project: Project) -> None:
    """Q3: what waits in Postgres is never lost, whoever sweeps when."""
    job_id = await wire.submit()
    number = await wire.hand_out(job_id)
    answer = await wire.edge.http.post("dispatch-jobs", headers={"apikey": project.keys.secret_key})
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    row = await wire.job(job_id)
    assert (row["status"], row["handout"]) == ("queued", number)
    assert (await wire.claim(job_id)).claim["attempt"] == 1


async def test_over_the_stack_it_counts_the_jobs_that_it_ended(wire: Wire, project: Project, owner: Any) -> None:
    """The stack sweeps too, and may be first; hardly five times in a row."""
    late = "update jobs set created_at = created_at - interval '25 hours' where id = $1"
    ended = 0
    for _ in range(5):
        job_id = await wire.submit()
        await owner.execute(late, UUID(job_id))
        answer = await wire.edge.http.post("dispatch-jobs", headers={"apikey": project.keys.secret_key})
        ended = answer.json()["ended"]
        if ended:
            break
    row = await wire.job(job_id)
    assert (ended >= 1, row["status"], row["error_code"]) == (True, "failed", "queue_timeout")
