"""Admins, and workers by their registration secret."""

from typing import Any

import httpx
import pytest

from functions.edge.auth import Caller
from functions.edge.clients import Clients
from functions.edge.database import DatabaseUnavailable, ScriptedDatabase
from functions.edge.errors import ApiError
from functions.edge.settings import load_settings
from shared.errors import ErrorCode
from tests.fixtures.credentials import API_KEYS, JOB_ID, USER_ID, es256, refusal, who
from tests.fixtures.functions import KEYS, bearer, doubled_clients, environment

WORKER_SECRET = environment()["WORKER_SECRET"]


class TestWorker:
    @pytest.mark.parametrize("api_key", [None, *API_KEYS])
    async def test_the_secret_is_a_worker_s_with_any_key_beside_it(self, clients: Clients, api_key: str | None) -> None:
        headers = bearer(WORKER_SECRET) | ({"apikey": API_KEYS[api_key]} if api_key else {})
        assert await who(clients, headers, "worker") == Caller("worker")

    @pytest.mark.parametrize(
        "token",
        [
            WORKER_SECRET[:-1],
            f"{WORKER_SECRET}x",
            WORKER_SECRET.upper(),
            "é",
            es256(),
            *API_KEYS.values(),
        ],
        ids=["cut", "longer", "upper case", "not ASCII", "a user", *API_KEYS],
    )
    async def test_any_other_bearer_is_refused(self, clients: Clients, token: str) -> None:
        """S4: registering is for who knows the secret; no key of the project is it."""
        message = await refusal(clients, bearer(token), "worker")
        assert message.startswith("This function needs the workers' registration secret")

    async def test_a_job_s_token_registers_nobody(self, clients: Clients) -> None:
        """P7: what a worker holds for a job is not what it registers with."""
        for token in (clients.tokens.queue_token(JOB_ID, 1), clients.tokens.attempt_token(JOB_ID, 1, 60)):
            await refusal(clients, bearer(token), "worker")

    async def test_the_secret_is_no_api_key(self, clients: Clients) -> None:
        assert await refusal(clients, {"apikey": WORKER_SECRET}, "worker") == "The API key is not one of this project."

    async def test_where_there_is_no_secret_nobody_is_a_worker(self) -> None:
        async with httpx.AsyncClient() as http:
            clients = doubled_clients(load_settings(environment(WORKER_SECRET="")), http)
            for token in (WORKER_SECRET, "None", "x"):
                await refusal(clients, bearer(token), "worker")

    @pytest.mark.parametrize("modes", [("user",), ("secret",), ("job",), ("admin",), ("secret", "job", "user")])
    async def test_the_secret_opens_nothing_else(self, clients: Clients, modes: Any) -> None:
        """P7"""
        await refusal(clients, bearer(WORKER_SECRET), *modes)


class TestAdmin:
    @pytest.fixture
    def database(self, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> ScriptedDatabase:
        database = ScriptedDatabase()
        monkeypatch.setattr(clients, "database", database)
        return database

    async def test_an_admin_is_who_the_database_says_is_one(self, clients: Clients, database: ScriptedDatabase) -> None:
        database.will_answer("check_admin", {"outcome": "admin"})
        assert await who(clients, bearer(es256()), "admin") == Caller("admin", user_id=USER_ID)
        assert database.calls == [("check_admin", {"p_user_id": USER_ID})]

    async def test_any_other_user_may_not(self, clients: Clients, database: ScriptedDatabase) -> None:
        """S18"""
        database.will_answer("check_admin", {"outcome": "forbidden"})
        with pytest.raises(ApiError) as caught:
            await who(clients, bearer(es256(app_metadata={"role": "admin"})), "admin")
        assert caught.value.code is ErrorCode.FORBIDDEN

    @pytest.mark.parametrize("headers", [{}, bearer(es256(exp=1)), bearer(KEYS.secret_key), {"apikey": KEYS.anon_key}])
    async def test_nobody_else_is_even_looked_up(
        self, clients: Clients, database: ScriptedDatabase, headers: dict[str, str]
    ) -> None:
        await refusal(clients, headers, "admin")
        assert database.calls == []

    async def test_while_nobody_can_say_nobody_is_an_admin(self, clients: Clients, database: ScriptedDatabase) -> None:
        database.will_answer("check_admin", DatabaseUnavailable())
        with pytest.raises(DatabaseUnavailable):
            await who(clients, bearer(es256()), "admin")

    async def test_where_users_may_too_nobody_asks(self, clients: Clients, database: ScriptedDatabase) -> None:
        assert (await who(clients, bearer(es256()), "user", "admin")).mode == "user"
        assert database.calls == []

    async def test_beside_workers_each_comes_in_by_their_own(
        self, clients: Clients, database: ScriptedDatabase
    ) -> None:
        database.will_answer("check_admin", {"outcome": "admin"})
        assert (await who(clients, bearer(es256()), "worker", "admin")).mode == "admin"
        assert (await who(clients, bearer(WORKER_SECRET), "worker", "admin")).mode == "worker"
