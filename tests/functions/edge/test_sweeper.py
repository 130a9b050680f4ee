"""The sweep as a task of the functions: what it rewrites, deletes, and lives through."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar

import pytest

from functions.edge import sweeper
from functions.edge.clients import Clients
from functions.edge.database import DatabaseUnavailable, ScriptedDatabase
from functions.edge.storage import StorageUnavailable
from functions.edge.sweeper import HOUSEKEEPING_SECONDS, keep_house, sweep, sweep_for_ever
from shared.queue import QueueError
from tests.fixtures.functions import Doubles
from tests.fixtures.rows import handout, job_row
from tests.fixtures.workers import URL, healthy

BUSY = {"outcome": "busy", "lists": {}}
PATHS = ["u/j/1-0.png", "u/j/1-0.thumb.webp"]


def kept(paths: list[str]) -> dict[str, Any]:
    return {"outcome": "kept", "objects": {"workspace-temp": paths}}


async def test_a_sweep_rewrites_the_lists_from_what_sql_found(doubles: Doubles) -> None:
    row = job_row()
    found = {"outcome": "swept", "ended": 2, "lists": {"sdxl_queue": [handout(row)]}}
    doubles.queue.lists["sdxl_queue"].append("an element that Redis should have forgotten")
    doubles.database.will_answer("sweep_jobs", found)
    assert await sweep(doubles.clients) == found
    (element,) = doubles.queue.lists["sdxl_queue"]
    assert row["id"] in element


async def test_a_sweep_that_finds_another_one_running_touches_no_list(doubles: Doubles) -> None:
    doubles.queue.lists["sdxl_queue"].append("an element")
    doubles.database.will_answer("sweep_jobs", BUSY)
    await sweep(doubles.clients)
    assert list(doubles.queue.lists["sdxl_queue"]) == ["an element"]


async def test_a_sweep_that_finds_saves_due_has_them_made_beside_it(doubles: Doubles) -> None:
    """Whoever completed the job with destination library died before its assets were saved."""
    doubles.queue.broken = True
    swept = {"outcome": "swept", "ended": 0, "lists": {"sdxl_queue": [handout(job_row())]}, "saves_due": True}
    doubles.database.will_answer("sweep_jobs", swept)
    doubles.database.will_answer("claim_due_saves", {"outcome": "claimed", "saves": []})
    with pytest.raises(QueueError):
        await sweep(doubles.clients)
    await doubles.clients.settle()
    assert [name for name, _ in doubles.database.calls] == ["sweep_jobs", "claim_due_saves"]


async def test_a_sweep_says_when_the_database_or_redis_is_down(doubles: Doubles) -> None:
    swept = {"outcome": "swept", "ended": 0, "lists": {"sdxl_queue": [handout(job_row())]}}
    doubles.database.will_answer("sweep_jobs", DatabaseUnavailable(), swept)
    with pytest.raises(DatabaseUnavailable):
        await sweep(doubles.clients)
    doubles.queue.broken = True
    with pytest.raises(QueueError):
        await sweep(doubles.clients)


class TestWorkers:
    DUE: ClassVar = {"worker_type": "chat", "worker_id": "one", "url": URL}

    async def sweep(self, doubles: Doubles, *, are_due: bool) -> list[str]:
        """The SQL functions that were called."""
        found = {"outcome": "swept", "ended": 0, "lists": {"sdxl_queue": []}, "checks_due": are_due}
        doubles.database.will_answer("sweep_jobs", found)
        with suppress(QueueError):
            await sweep(doubles.clients)
        await doubles.clients.settle()
        return [name for name, _ in doubles.database.calls]

    async def test_those_that_are_due_are_looked_at_beside_the_sweep(self, doubles: Doubles) -> None:
        doubles.database.will_answer("claim_health_checks", {"outcome": "claimed", "workers": [self.DUE]})
        doubles.database.will_answer("record_worker_health", {"outcome": "gone"})
        doubles.workers.answers.append(healthy())
        calls = await self.sweep(doubles, are_due=True)
        assert calls == ["sweep_jobs", "claim_health_checks", "record_worker_health"]
        assert doubles.workers.calls == [("health", URL, None)]

    async def test_as_long_as_none_is_nobody_asks(self, doubles: Doubles) -> None:
        assert await self.sweep(doubles, are_due=False) == ["sweep_jobs"]

    async def test_they_are_looked_at_while_redis_is_down(self, doubles: Doubles) -> None:
        doubles.queue.broken = True
        doubles.database.will_answer("claim_health_checks", {"outcome": "claimed", "workers": []})
        assert await self.sweep(doubles, are_due=True) == ["sweep_jobs", "claim_health_checks"]

    async def test_an_outage_of_the_database_is_logged_and_ends_nothing(
        self, doubles: Doubles, caplog: pytest.LogCaptureFixture
    ) -> None:
        doubles.database.will_answer("claim_health_checks", DatabaseUnavailable())
        await self.sweep(doubles, are_due=True)
        assert warnings(caplog) == ["the workers were not checked: The database cannot be reached now."]


async def test_housekeeping_deletes_the_objects_that_sql_names_and_no_other(doubles: Doubles) -> None:
    doubles.storage.objects = {("workspace-temp", path) for path in [*PATHS, "u/j/kept.png"]}
    doubles.database.will_answer("housekeeping", kept(PATHS))
    assert await keep_house(doubles.clients) == 2
    assert doubles.storage.objects == {("workspace-temp", "u/j/kept.png")}


async def test_housekeeping_goes_on_until_a_pass_is_not_full(doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    """W7: an hour's expired files are an hour's work, however many they are."""
    monkeypatch.setattr(sweeper, "OBJECTS", 2)
    doubles.database.will_answer("housekeeping", kept(["a", "b"]), kept(["c", "d"]), kept(["e"]), kept(["never"]))
    assert await keep_house(doubles.clients) == 5
    assert [arguments for _, arguments in doubles.database.calls] == [{"p_limit": 2}] * 3


async def test_and_ends_where_objects_cannot_be_deleted(doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "OBJECTS", 1)
    doubles.database.will_answer("housekeeping", *[kept(["a"])] * (sweeper.PASSES + 1))
    assert await keep_house(doubles.clients) == sweeper.PASSES


async def test_the_same_work_is_not_begun_again_while_it_is_under_way(doubles: Doubles) -> None:
    begun: list[str] = []
    may_end = asyncio.Event()

    async def slow(_: Clients) -> None:
        begun.append("slow")
        await may_end.wait()

    async def other(_: Clients) -> None:
        begun.append("other")

    for work in (slow, other, slow):
        doubles.clients.once(work)
    await asyncio.sleep(0)
    assert begun == ["slow", "other"]
    may_end.set()
    await doubles.clients.settle()
    doubles.clients.once(slow)
    await doubles.clients.settle()
    assert begun == ["slow", "other", "slow"]


class EndingScript(ScriptedDatabase):
    """Says when its answers are used up, and then never answers again."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        super().__init__()
        self.has_ended = asyncio.Event()
        self._left = len(answers)
        self.will_answer("sweep_jobs", *answers)

    async def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        if function == "sweep_jobs":
            if self._left == 0:
                self.has_ended.set()
                await asyncio.Event().wait()
            self._left -= 1
        return await super().call(function, **arguments)


@asynccontextmanager
async def sweeping(clients: Clients, database: EndingScript) -> AsyncIterator[None]:
    """Sweeps without a pause until the script has ended."""
    clients.database = database
    task = asyncio.create_task(sweep_for_ever(clients, 0))
    async with asyncio.timeout(10):
        await database.has_ended.wait()
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


async def test_it_sweeps_again_and_again(doubles: Doubles) -> None:
    database = EndingScript(BUSY, BUSY, BUSY)
    async with sweeping(doubles.clients, database):
        assert [name for name, _ in database.calls] == ["sweep_jobs"] * 3


async def test_an_outage_is_logged_once_when_it_begins(doubles: Doubles, caplog: pytest.LogCaptureFixture) -> None:
    down = DatabaseUnavailable()
    async with sweeping(doubles.clients, EndingScript(BUSY, down, down, down, BUSY, down, down)):
        assert warnings(caplog) == ["the sweep waits for its parts: The database cannot be reached now."] * 2


async def test_an_outage_of_redis_does_not_end_the_sweeps(doubles: Doubles, caplog: pytest.LogCaptureFixture) -> None:
    doubles.queue.broken = True
    swept = {"outcome": "swept", "ended": 0, "lists": {"sdxl_queue": [handout(job_row())]}}
    async with sweeping(doubles.clients, EndingScript(swept, swept)):
        assert len(warnings(caplog)) == 1


async def test_a_defect_in_one_sweep_does_not_end_the_later_ones(
    doubles: Doubles, caplog: pytest.LogCaptureFixture
) -> None:
    database = EndingScript(RuntimeError("a defect"), BUSY)
    async with sweeping(doubles.clients, database):
        assert len(database.calls) == 2
    assert [record.levelname for record in caplog.records] == ["ERROR"]


class Clock:
    """Each look at it is half an hour after the one before."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += HOUSEKEEPING_SECONDS / 2
        return self.now


@pytest.fixture
def half_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "time", Clock())


@pytest.mark.usefixtures("half_hours")
async def test_house_is_kept_once_an_hour(doubles: Doubles) -> None:
    database = EndingScript(*[BUSY] * 6)
    database.will_answer("housekeeping", kept([]), kept([]), kept([]))
    async with sweeping(doubles.clients, database):
        assert [name for name, _ in database.calls].count("housekeeping") == 3


@pytest.mark.usefixtures("half_hours")
async def test_housekeeping_that_finds_storage_down_waits_for_the_next_hour(
    doubles: Doubles, caplog: pytest.LogCaptureFixture
) -> None:
    class Down:
        async def remove(self, *_: Any) -> None:
            raise StorageUnavailable

    doubles.clients.storage = Down()  # type: ignore[assignment]
    database = EndingScript(*[BUSY] * 4)
    database.will_answer("housekeeping", kept(PATHS), kept(PATHS))
    async with sweeping(doubles.clients, database):
        assert [name for name, _ in database.calls].count("housekeeping") == 2
    assert "storage" in warnings(caplog)[0]
