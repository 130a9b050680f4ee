"""Who sweeps: the database itself where it has pg_cron, pg_net and the Vault; nobody here."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from devstack import migrations
from devstack.postgres import Cluster
from functions.edge.database.postgres import PostgresDatabase, speak_json
from tests.fixtures.hosted import CRON, NET, VAULT
from tests.fixtures.lifecycle import Attempt, Line, opened_line
from tests.fixtures.stack import new_cluster

SECRETS = {"functions_url": "https://functions.test/functions/v1", "functions_secret_key": "sb_secret_of_the_tests"}


@pytest.fixture(scope="module")
def hosted_cluster() -> Iterator[Cluster]:
    with new_cluster() as cluster:
        yield cluster


@dataclass(frozen=True)
class Hosted:
    """A migrated project with pg_cron, pg_net and the Vault, and one line of jobs."""

    owner: Any
    line: Line

    async def commands(self) -> dict[str, str]:
        return {row["jobname"]: row["command"] for row in await self.owner.fetch("select * from cron.job")}

    async def run(self, name: str) -> None:
        """As pg_cron does when it is time."""
        await self.owner.execute((await self.commands())[name])

    async def posted(self) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.owner.fetch("select url, body, headers from net.http_request_queue")]

    async def know(self, secrets: dict[str, str]) -> None:
        for secret in secrets.items():
            await self.owner.execute("insert into vault.decrypted_secrets values ($1, $2)", *secret)


@pytest.fixture(scope="module")
async def migrated(hosted_cluster: Cluster) -> AsyncIterator[Any]:
    url = hosted_cluster.url()
    async with asyncpg.create_pool(url, min_size=1, max_size=4, init=speak_json) as owner:
        await owner.execute(CRON + NET + VAULT)
        migrations.push(url)
        yield owner


@pytest.fixture
async def hosted(hosted_cluster: Cluster, migrated: Any) -> AsyncIterator[Hosted]:
    await migrated.execute("truncate net.http_request_queue, vault.decrypted_secrets, cron.job_run_details")
    database = PostgresDatabase(hosted_cluster.url())
    async with opened_line(database, migrated) as line:
        yield Hosted(migrated, line)
    await database.aclose()


@asynccontextmanager
async def rolled_back(hosted: Hosted) -> AsyncIterator[Any]:
    """A connection in a transaction that leaves nothing behind."""
    async with hosted.owner.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield connection
        finally:
            await transaction.rollback()


async def overrun(attempt: Attempt) -> None:
    """It runs for longer than an attempt may."""
    await attempt.line.turn_back("job_leases", "claimed_at", attempt.job_id, "16 minutes")


async def test_here_nothing_is_scheduled(owner: Any) -> None:
    assert await owner.fetchval("select private.schedule_sweeps()") is False
    assert await owner.fetchval("select to_regnamespace('cron')") is None


@pytest.mark.parametrize("missing", ["cron.schedule(text, text, text)", "net.http_post", "vault.decrypted_secrets"])
async def test_where_one_part_is_missing_nothing_is_scheduled(hosted: Hosted, missing: str) -> None:
    kind = "table" if missing.startswith("vault") else "function"
    async with rolled_back(hosted) as connection:
        await connection.execute(f"truncate cron.job; alter {kind} {missing} rename to gone")
        assert await connection.fetchval("select private.schedule_sweeps()") is False
        assert await connection.fetchval("select count(*) from cron.job") == 0


async def test_the_migration_schedules_the_sweep_and_the_housekeeping(hosted: Hosted) -> None:
    rows = await hosted.owner.fetch("select jobname, schedule from cron.job")
    assert {row["jobname"]: row["schedule"] for row in rows} == {
        "sweep-jobs": "3 seconds",
        "housekeeping": "17 * * * *",
        "forget-runs": "47 * * * *",
    }


async def test_scheduling_again_schedules_nothing_twice(hosted: Hosted) -> None:
    before = await hosted.owner.fetch("select * from cron.job order by jobid")
    assert await hosted.owner.fetchval("select private.schedule_sweeps()") is True
    assert await hosted.owner.fetch("select * from cron.job order by jobid") == before


async def test_a_sweep_with_something_to_push_calls_dispatch_jobs(hosted: Hosted) -> None:
    await hosted.know(SECRETS)
    await hosted.line.job()
    await hosted.run("sweep-jobs")
    assert await hosted.posted() == [
        {
            "url": "https://functions.test/functions/v1/dispatch-jobs",
            "body": {},
            "headers": {"Content-Type": "application/json", "apikey": "sb_secret_of_the_tests"},
        }
    ]


async def test_a_lease_that_is_over_is_left_to_the_functions(hosted: Hosted) -> None:
    """An outage of the functions, through which workers renew, costs no job its lease."""
    await hosted.know(SECRETS)
    attempt = await hosted.line.start()
    await attempt.lose_lease()
    await hosted.run("sweep-jobs")
    assert (await attempt.row())["status"] == "processing"
    assert [call["body"] for call in await hosted.posted()] == [{}]


async def test_a_save_that_is_due_is_left_to_the_functions(hosted: Hosted) -> None:
    await hosted.know(SECRETS)
    attempt = await hosted.line.start(destination="library")
    await attempt.finish()
    await hosted.run("sweep-jobs")
    assert await hosted.posted() == []
    await hosted.line.turn_back("workspace_assets", "save_due_at", attempt.job_id, "1 second")
    await hosted.run("sweep-jobs")
    assert [call["body"] for call in await hosted.posted()] == [{}]


async def test_a_sweep_with_nothing_to_push_calls_nobody(hosted: Hosted) -> None:
    await hosted.know(SECRETS)
    attempt = await hosted.line.start()
    await overrun(attempt)
    await hosted.line.configure(is_paused=True)
    await hosted.run("sweep-jobs")
    assert (await attempt.row())["status"] == "queued"
    assert await hosted.posted() == []


async def test_a_worker_that_is_to_be_looked_at_is_left_to_the_functions(hosted: Hosted) -> None:
    await hosted.know(SECRETS)
    await hosted.line.database.call(
        "register_worker", p_worker_type="chat", p_worker_id="one", p_url="https://one.workers.test"
    )
    await hosted.run("sweep-jobs")
    assert await hosted.posted() == []
    await hosted.owner.execute("update workers set check_claimed_at = '-infinity'")
    await hosted.run("sweep-jobs")
    await hosted.owner.execute("delete from workers")
    assert [call["body"] for call in await hosted.posted()] == [{}]


@pytest.mark.parametrize("missing", SECRETS)
async def test_without_a_secret_it_sweeps_and_calls_nobody(hosted: Hosted, missing: str) -> None:
    await hosted.know({name: secret for name, secret in SECRETS.items() if name != missing})
    attempt = await hosted.line.start()
    await overrun(attempt)
    await hosted.line.job()
    await hosted.run("sweep-jobs")
    await hosted.run("housekeeping")
    assert (await attempt.row())["status"] == "queued"
    assert await hosted.posted() == []


async def test_what_a_sweep_ended_stays_ended_though_nobody_can_be_called(hosted: Hosted) -> None:
    """P1"""
    await hosted.know(SECRETS)
    attempt = await hosted.line.start()
    await overrun(attempt)
    await hosted.line.job()
    command = (await hosted.commands())["sweep-jobs"]
    async with rolled_back(hosted) as connection:
        await connection.execute("drop function net.http_post")
        await connection.execute(command)
        status = await connection.fetchval("select status from jobs where id = $1", attempt.job_id)
    assert status == "queued"


async def test_housekeeping_is_left_to_dispatch_jobs(hosted: Hosted) -> None:
    """Names that SQL had given and no answer brought back would be lost."""
    await hosted.know(SECRETS | {"functions_url": "https://functions.test/functions/v1/"})
    await hosted.run("housekeeping")
    (posted,) = await hosted.posted()
    assert (posted["url"], posted["body"]) == (
        "https://functions.test/functions/v1/dispatch-jobs",
        {"housekeeping": True},
    )


async def test_runs_of_the_sweep_are_forgotten_after_a_day(hosted: Hosted) -> None:
    await hosted.owner.execute("""
        insert into cron.job_run_details
        select jobid, clock_timestamp() - age from cron.job, unnest('{25 hours, 23 hours}'::interval[]) age
    """)
    await hosted.run("forget-runs")
    rows = await hosted.owner.fetch(
        "select jobname, count(*) from cron.job_run_details join cron.job using (jobid) group by jobname"
    )
    assert {row["jobname"]: row["count"] for row in rows} == {"sweep-jobs": 1, "housekeeping": 2, "forget-runs": 2}
