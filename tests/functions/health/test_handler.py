"""Whether this process reaches what it needs."""

from typing import Any

import pytest

from devstack.project import Project
from functions.app import create_app
from functions.edge.database import DatabaseError, DatabaseUnavailable
from tests.fixtures.functions import Doubles, Edge, project_environment, started

DEFECT = DatabaseError("health", "42883", "function public.health() does not exist")


async def health(edge: Edge | Doubles) -> tuple[int, dict[str, Any]]:
    answer = await edge.http.get("health")
    return answer.status_code, answer.json()


def swept(seconds: float | None) -> dict[str, Any]:
    return {"outcome": "healthy", "seconds_since_sweep": seconds}


async def test_all_is_well(doubles: Doubles) -> None:
    doubles.database.will_answer("health", swept(2.5))
    assert await health(doubles) == (
        200,
        {"status": "ok", "database": "ok", "queue": "ok", "secondsSinceSweep": 2.5},
    )


async def test_without_redis_jobs_are_accepted_and_wait(doubles: Doubles) -> None:
    doubles.queue.broken = True
    doubles.database.will_answer("health", swept(2.5))
    status, body = await health(doubles)
    assert (status, body["status"], body["queue"]) == (200, "degraded", "down")


@pytest.mark.parametrize(("seconds", "status"), [(60.0, "ok"), (60.1, "degraded"), (None, "degraded")])
async def test_without_anybody_who_sweeps_it_is_degraded(doubles: Doubles, seconds: float | None, status: str) -> None:
    doubles.database.will_answer("health", swept(seconds))
    code, body = await health(doubles)
    assert (code, body["status"], body["secondsSinceSweep"]) == (200, status, seconds)


@pytest.mark.parametrize("failure", [DatabaseUnavailable(), DEFECT], ids=["unreachable", "not migrated"])
async def test_without_the_database_or_its_functions_it_is_down(doubles: Doubles, failure: Exception) -> None:
    doubles.database.will_answer("health", failure)
    assert await health(doubles) == (
        503,
        {"status": "down", "database": "down", "queue": "ok", "secondsSinceSweep": None},
    )


async def test_without_either_it_is_down(doubles: Doubles) -> None:
    doubles.queue.broken = True
    doubles.database.will_answer("health", DatabaseUnavailable())
    status, body = await health(doubles)
    assert (status, body["status"], body["queue"]) == (503, "down", "down")


async def test_over_the_stack_it_reaches_both(edge: Edge) -> None:
    status, body = await health(edge)
    assert (status, body["database"], body["queue"]) == (200, "ok", "ok")
    assert body["secondsSinceSweep"] >= 0


@pytest.mark.usefixtures("sweep")
async def test_over_the_stack_it_tells_how_long_nobody_swept(edge: Edge, owner: Any) -> None:
    await owner.execute("update sweeps set last_run = clock_timestamp() - interval '2 minutes'")
    try:
        _, body = await health(edge)
    finally:
        await owner.execute("update sweeps set last_run = clock_timestamp()")
    assert (body["secondsSinceSweep"] >= 120, body["status"]) == (True, "degraded")


@pytest.mark.parametrize("database", ["postgres", "postgrest"])
async def test_over_a_stack_that_is_gone_it_is_down(project: Project, database: str) -> None:
    gone = {"SUPABASE_URL": "http://127.0.0.1:1", "UPSTASH_REDIS_REST_URL": "http://127.0.0.1:1"}
    variables = project_environment(project, database) | gone
    if variables["SUPABASE_DB_URL"]:
        variables["SUPABASE_DB_URL"] = "postgresql://postgres@127.0.0.1:1/postgres"
    async with started(create_app("health"), variables) as edge:
        status, body = await health(edge)
    assert (status, body["status"], body["database"], body["queue"]) == (503, "down", "down", "down")
