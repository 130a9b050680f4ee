"""The service and jobs' tokens: which credentials they are, and which are not."""

from typing import Any

import httpx
import pytest

from functions.edge.auth import Caller
from functions.edge.clients import Clients
from functions.edge.settings import load_settings
from shared.tokens import AttemptToken, JobTokens, QueueToken
from tests.fixtures.credentials import API_KEYS, JOB_ID, es256, refusal, who
from tests.fixtures.functions import KEYS, bearer, doubled_clients, environment

SERVICE_KEYS = ("secret", "service_role")


class TestSecret:
    @pytest.mark.parametrize("key", SERVICE_KEYS)
    @pytest.mark.parametrize("place", ["apikey", "bearer", "both"])
    async def test_both_families_of_keys_are_taken_in_both_places(self, clients: Clients, key: str, place: str) -> None:
        headers = {
            **({"apikey": API_KEYS[key]} if place != "bearer" else {}),
            **(bearer(API_KEYS[key]) if place != "apikey" else {}),
        }
        assert await who(clients, headers, "secret") == Caller("secret")

    async def test_each_of_several_named_keys_is_taken(self) -> None:
        async with httpx.AsyncClient() as http:
            keys = '{"default": "sb_secret_one", "cron": "sb_secret_two"}'
            clients = doubled_clients(load_settings(environment(SUPABASE_SECRET_KEYS=keys)), http)
            for key in ("sb_secret_one", "sb_secret_two"):
                assert (await who(clients, {"apikey": key}, "secret")).mode == "secret"
            await refusal(clients, {"apikey": KEYS.secret_key}, "secret")

    @pytest.mark.parametrize(
        "token",
        [KEYS.publishable_key, KEYS.anon_key, es256(), "garbage"],
        ids=["publishable", "anon", "a user", "garbage"],
    )
    @pytest.mark.parametrize(
        "api_key", [None, KEYS.publishable_key, KEYS.secret_key], ids=["no key", "publishable", "secret"]
    )
    async def test_any_other_bearer_is_refused_even_beside_a_secret_key(
        self, clients: Clients, token: str, api_key: str | None
    ) -> None:
        headers = bearer(token) | ({"apikey": api_key} if api_key else {})
        assert "a secret key" in await refusal(clients, headers, "secret")

    async def test_a_token_that_only_claims_the_service_role_is_refused(self, clients: Clients) -> None:
        await refusal(clients, bearer(es256(role="service_role")), "secret", "job", "user")


class TestJob:
    async def test_a_queue_token_names_its_job_and_hand_out(self, clients: Clients) -> None:
        caller = await who(clients, bearer(clients.tokens.queue_token(JOB_ID, 3)), "secret", "job")
        assert caller == Caller("job", job_token=QueueToken(JOB_ID, 3))

    async def test_an_attempt_token_names_its_job_and_attempt(self, clients: Clients) -> None:
        caller = await who(clients, bearer(clients.tokens.attempt_token(JOB_ID, 2, 60)), "secret", "job")
        assert caller == Caller("job", job_token=AttemptToken(JOB_ID, 2))

    async def test_a_job_s_token_beside_a_secret_key_is_still_a_job_s(self, clients: Clients) -> None:
        headers = {"apikey": KEYS.secret_key, **bearer(clients.tokens.attempt_token(JOB_ID, 2, 60))}
        assert (await who(clients, headers, "secret", "job")).mode == "job"

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda t: t.attempt_token(JOB_ID, 1, -1),
            lambda t: t.queue_token(JOB_ID, 1).replace(".1.", ".2."),
            lambda t: t.queue_token(JOB_ID, 1)[:-1],
            lambda _: JobTokens("another deployment's job token secret").queue_token(JOB_ID, 1),
            lambda _: JobTokens("another deployment's job token secret").attempt_token(JOB_ID, 1, 60),
            lambda _: f"q1.{JOB_ID}.1.",
            lambda _: es256(),
        ],
        ids=["expired", "another hand-out", "cut off", "other queue", "other attempt", "unsigned", "a user's"],
    )
    async def test_any_other_token_is_refused(self, clients: Clients, spoil: Any) -> None:
        assert "a job's token" in await refusal(clients, bearer(spoil(clients.tokens)), "secret", "job")
