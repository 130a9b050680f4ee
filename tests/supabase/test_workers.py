"""The registry of workers: registering, looking at their health, and who is the best to ask."""

import asyncio
from typing import Any

import pytest

from functions.edge.database.postgres import PostgresDatabase
from tests.fixtures.database import Session
from tests.fixtures.lifecycle import Answer, Line
from tests.fixtures.sweeping import Sweep

pytestmark = pytest.mark.usefixtures("no_workers")

URL = "https://one.workers.test"
OTHER_URL = "https://two.workers.test"


class Registry:
    def __init__(self, database: PostgresDatabase, owner: Any) -> None:
        self.database = database
        self.owner = owner

    async def register(
        self, worker_id: str = "one", worker_type: str = "chat", url: str = URL, **options: Any
    ) -> Answer:
        named = {f"p_{name}": value for name, value in options.items()}
        return await self.database.call(
            "register_worker", p_worker_type=worker_type, p_worker_id=worker_id, p_url=url, **named
        )

    async def record(
        self, worker_id: str = "one", worker_type: str = "chat", url: str = URL, *, is_healthy: bool = True, **said: Any
    ) -> Answer:
        named = {f"p_{name}": value for name, value in said.items()}
        place = {"p_worker_type": worker_type, "p_worker_id": worker_id, "p_url": url}
        return await self.database.call("record_worker_health", **place, p_is_healthy=is_healthy, **named)

    async def active(self, worker_type: str = "chat") -> str | None:
        answer = await self.database.call("active_worker", p_worker_type=worker_type)
        return answer["worker"]["worker_id"] if answer["outcome"] == "found" else None

    async def claimed(self) -> list[str]:
        answer = await self.database.call("claim_health_checks")
        assert answer["outcome"] == "claimed"
        return sorted(worker["worker_id"] for worker in answer["workers"])

    async def listed(self, worker_type: str = "chat") -> list[dict[str, Any]]:
        workers: list[dict[str, Any]] = (await self.database.call("list_workers"))["workers"][worker_type]
        return workers

    async def row(self, worker_id: str = "one") -> dict[str, Any]:
        return dict(await self.owner.fetchrow("select * from workers where worker_id = $1", worker_id))

    async def turn_back(self, column: str, interval: str, worker_id: str = "one") -> None:
        query = f"update workers set {column} = {column} - '{interval}'::interval where worker_id = $1"
        assert await self.owner.execute(query, worker_id) == "UPDATE 1"


@pytest.fixture
def registry(database: PostgresDatabase, owner: Any) -> Registry:
    return Registry(database, owner)


class TestRegister:
    async def test_a_new_worker_is_there_and_nobody_knows_how_it_is(self, registry: Registry) -> None:
        said = {"is_automatic": True, "registration_method": "startup", "capabilities": {"model": "qwen"}}
        answer = await registry.register(**said)
        worker = answer["worker"]
        assert (answer["outcome"], answer["is_check_due"], worker["status"]) == ("registered", True, "unknown")
        assert {name: worker[name] for name in said} == said
        assert (worker["url"], worker["checked_at"], worker["is_healthy"]) == (URL, None, None)

    async def test_the_same_worker_again_is_its_heartbeat(self, registry: Registry) -> None:
        first = (await registry.register())["worker"]
        await registry.record(response_ms=7)
        answer = await registry.register()
        again = answer["worker"]
        assert answer["is_check_due"] is False
        assert again["seen_at"] > first["seen_at"]
        assert (again["registered_at"], again["status"], again["response_ms"]) == (first["registered_at"], "healthy", 7)
        assert len(await registry.listed()) == 1

    async def test_at_another_url_nobody_knows_how_it_is(self, registry: Registry) -> None:
        first = (await registry.register())["worker"]
        await registry.record(response_ms=7)
        answer = await registry.register(url=OTHER_URL)
        moved = answer["worker"]
        assert answer["is_check_due"] is True
        assert (moved["url"], moved["status"], moved["checked_at"], moved["response_ms"]) == (
            OTHER_URL,
            "unknown",
            None,
            None,
        )
        assert moved["registered_at"] > first["registered_at"]

    async def test_one_name_may_stand_for_workers_of_two_types(self, registry: Registry) -> None:
        await registry.register(worker_type="chat")
        await registry.register(worker_type="wan", url=OTHER_URL)
        assert (await registry.listed("chat"))[0]["url"] == URL
        assert (await registry.listed("wan"))[0]["url"] == OTHER_URL

    async def test_many_at_once_are_all_there_and_the_configuration_is_as_it_was(
        self, registry: Registry, owner: Any
    ) -> None:
        """S6, F9: each writes its own row; nobody rewrites what is everybody's."""
        before = await owner.fetchrow("select * from system_config")
        await registry.register("checked")
        await asyncio.gather(
            *(registry.register(f"w{number}") for number in range(8)),
            *(registry.record("checked", response_ms=number) for number in range(4)),
            *(registry.register("checked") for _ in range(4)),
        )
        assert {worker["worker_id"] for worker in await registry.listed()} == {
            "checked",
            *(f"w{number}" for number in range(8)),
        }
        assert (await registry.row("checked"))["is_healthy"] is True
        assert await owner.fetchrow("select * from system_config") == before


class TestHealth:
    async def test_what_a_look_saw_is_written_down(self, registry: Registry) -> None:
        await registry.register()
        answer = await registry.record(is_healthy=False, response_ms=31, health_error="it is still loading")
        worker = answer["worker"]
        assert (answer["outcome"], worker["status"], worker["checked_at"] is not None) == (
            "recorded",
            "unhealthy",
            True,
        )
        assert (worker["response_ms"], worker["health_error"]) == (31, "it is still loading")

    async def test_the_next_look_replaces_all_of_it(self, registry: Registry) -> None:
        await registry.register()
        await registry.record(is_healthy=False, health_error="it answered 500")
        worker = (await registry.record(response_ms=5))["worker"]
        assert (worker["status"], worker["response_ms"], worker["health_error"]) == ("healthy", 5, None)

    async def test_a_look_at_where_it_was_before_says_nothing(self, registry: Registry) -> None:
        await registry.register()
        await registry.register(url=OTHER_URL)
        assert await registry.record(url=URL) == {"outcome": "gone"}
        assert (await registry.row())["checked_at"] is None

    async def test_what_was_seen_90_seconds_ago_is_not_known_any_more(self, registry: Registry) -> None:
        await registry.register()
        await registry.record()
        await registry.turn_back("checked_at", "91 seconds")
        assert (await registry.listed())[0]["status"] == "unknown"


class TestClaims:
    async def test_a_worker_just_registered_is_being_looked_at_already(self, registry: Registry) -> None:
        await registry.register()
        assert await registry.claimed() == []

    async def test_half_a_minute_later_it_is_due_once(self, registry: Registry) -> None:
        await registry.register()
        await registry.register("fresh")
        await registry.turn_back("check_claimed_at", "30 seconds")
        assert await registry.claimed() == ["one"]
        assert await registry.claimed() == []

    async def test_of_many_at_once_one_looks(self, registry: Registry) -> None:
        """S6: however many tabs and processes ask."""
        names = [f"w{number}" for number in range(3)]
        for name in names:
            await registry.register(name)
            await registry.turn_back("check_claimed_at", "30 seconds", name)
        claims = await asyncio.gather(*(registry.claimed() for _ in range(10)))
        assert sorted(name for claim in claims for name in claim) == names

    async def test_a_heartbeat_that_finds_it_due_takes_the_look(self, registry: Registry) -> None:
        await registry.register()
        await registry.turn_back("check_claimed_at", "30 seconds")
        assert (await registry.register())["is_check_due"] is True
        assert await registry.claimed() == []

    async def test_a_sweep_says_when_one_is_due(self, registry: Registry, sweep: Sweep) -> None:
        await registry.register()
        assert (await sweep())["checks_due"] is False
        await registry.turn_back("check_claimed_at", "30 seconds")
        assert (await sweep())["checks_due"] is True
        await registry.claimed()
        assert (await sweep())["checks_due"] is False


class TestSilence:
    async def test_an_automatic_worker_that_is_silent_drops_out(self, registry: Registry, sweep: Sweep) -> None:
        await registry.register(is_automatic=True)
        await registry.record()
        await registry.turn_back("seen_at", "91 seconds")
        await registry.turn_back("check_claimed_at", "91 seconds")
        assert await registry.active() is None
        assert await registry.listed() == []
        assert (await sweep())["checks_due"] is False
        assert await registry.claimed() == []

    async def test_its_next_heartbeat_brings_it_back(self, registry: Registry) -> None:
        await registry.register(is_automatic=True)
        await registry.turn_back("seen_at", "91 seconds")
        await registry.register(is_automatic=True)
        assert await registry.active() == "one"

    async def test_one_that_a_person_registered_stays(self, registry: Registry) -> None:
        await registry.register()
        await registry.turn_back("seen_at", "1 year")
        await registry.database.call("housekeeping")
        assert await registry.active() == "one"

    @pytest.mark.parametrize(("age", "is_left"), [("23 hours", True), ("25 hours", False)])
    async def test_housekeeping_forgets_it_after_a_day(self, registry: Registry, age: str, is_left: bool) -> None:
        await registry.register(is_automatic=True)
        await registry.turn_back("seen_at", age)
        await registry.database.call("housekeeping")
        assert await registry.owner.fetchval("select count(*) from workers") == int(is_left)


class TestActive:
    async def test_without_any_there_is_none(self, registry: Registry) -> None:
        assert await registry.database.call("active_worker", p_worker_type="chat") == {"outcome": "none"}

    async def test_a_worker_of_another_type_is_none(self, registry: Registry) -> None:
        """F8: a chat never goes to the WAN worker."""
        for worker_type in ("wan", "sdxl"):
            await registry.register(worker_type=worker_type)
            await registry.record(worker_type=worker_type)
        assert await registry.active("chat") is None

    async def test_a_healthy_one_is_asked_before_a_newer_one(self, registry: Registry) -> None:
        for name in ("healthy", "unhealthy", "unknown"):
            await registry.register(name)
        await registry.record("healthy")
        await registry.record("unhealthy", is_healthy=False)
        assert [worker["worker_id"] for worker in await registry.listed()] == ["healthy", "unknown", "unhealthy"]
        assert await registry.active() == "healthy"

    async def test_of_two_healthy_ones_the_newest_is_asked(self, registry: Registry) -> None:
        for name in ("older", "newer"):
            await registry.register(name)
            await registry.record(name)
        assert await registry.active() == "newer"


class TestKnownWorkers:
    async def known(self, registry: Registry) -> dict[str, Any]:
        """The SDXL workers that an admin is told of, by their names."""
        answer = await registry.database.call("system_metrics")
        assert set(answer["workers"]) == {"chat", "sdxl", "wan"}
        return {worker["worker_id"]: worker for worker in answer["workers"]["sdxl"]}

    async def test_a_registered_worker_is_told_with_its_url(self, registry: Registry) -> None:
        """F7"""
        await registry.register(worker_type="sdxl")
        await registry.record(worker_type="sdxl", response_ms=9)
        worker = (await self.known(registry))["one"]
        assert (worker["url"], worker["status"], worker["response_ms"], worker["running"]) == (URL, "healthy", 9, 0)

    async def test_one_without_a_url_is_known_by_the_jobs_it_holds(self, registry: Registry, line: Line) -> None:
        attempts = [await line.start() for _ in range(2)]
        known = (await self.known(registry))["test"]
        assert known == {"worker_id": "test", "status": "healthy", "running": 2}
        await attempts[0].finish()
        assert (await self.known(registry))["test"]["running"] == 1
        await attempts[1].lose_lease()
        assert "test" not in await self.known(registry)

    async def test_a_registered_worker_that_holds_jobs_is_told_once(self, registry: Registry, line: Line) -> None:
        await registry.register("test", worker_type="sdxl")
        await line.start()
        answer = await registry.database.call("system_metrics")
        (worker,) = [found for found in answer["workers"]["sdxl"] if found["worker_id"] == "test"]
        assert (worker["url"], worker["status"], worker["running"]) == (URL, "unknown", 1)


class TestWhoSees:
    async def test_users_see_none_and_admins_all(
        self, registry: Registry, as_user: Session, as_other_user: Session, owner: Any
    ) -> None:
        await registry.register()
        assert await as_user.fetch("select * from workers") == []
        user_id = (await as_other_user.fetch("select auth.uid() as id"))[0]["id"]
        await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", user_id)
        assert [row["worker_id"] for row in await as_other_user.fetch("select * from workers")] == ["one"]
