"""Who calls: signed-in users, the service, jobs' tokens. One table of credentials for each mode."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.requests import Request

from devstack.keys import Keys
from functions.edge.auth import Caller, Mode, authenticate
from functions.edge.clients import Clients
from functions.edge.errors import ApiError
from functions.edge.settings import load_settings
from shared.errors import ErrorCode
from shared.tokens import AttemptToken, JobTokens, QueueToken
from tests.fixtures.functions import KEYS, bearer, doubled_clients, environment, user_claims

USER_ID = UUID("7c1d9f6e-52bb-4c57-8d8f-2f1f6c0a9b11")
JOB_ID = uuid4()
STRANGER = Keys.generate()
LEGACY_SECRET = "a legacy secret that is long enough for HS384, HS512 and whatever comes"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

API_KEYS = {
    "publishable": KEYS.publishable_key,
    "anon": KEYS.anon_key,
    "secret": KEYS.secret_key,
    "service_role": KEYS.service_role_key,
}
SERVICE_KEYS = ("secret", "service_role")


def key_set() -> str:
    """The project's ES256 key, and an RS256 key as an older project has it."""
    rsa_key = RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True)
    return json.dumps({"keys": [*KEYS.jwks()["keys"], {**rsa_key, "alg": "RS256", "kid": "rsa", "use": "sig"}]})


@pytest.fixture(scope="module")
async def clients() -> AsyncIterator[Clients]:
    async with httpx.AsyncClient() as http:
        yield doubled_clients(load_settings(environment(SUPABASE_JWKS=key_set(), SUPABASE_JWT_SECRET=LEGACY_SECRET)), http)


async def who(clients: Clients, headers: dict[str, str], *modes: Mode) -> Caller:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return await authenticate(Request({"type": "http", "headers": raw}), clients, *modes)


async def refusal(clients: Clients, headers: dict[str, str], *modes: Mode) -> str:
    """The message of the 401."""
    with pytest.raises(ApiError) as caught:
        await who(clients, headers, *modes)
    assert caught.value.code is ErrorCode.UNAUTHENTICATED
    return caught.value.message


def es256(**changes: Any) -> str:
    return KEYS.sign(user_claims(USER_ID, **changes))


def encoded(key: Any, algorithm: str, **header: Any) -> str:
    return jwt.encode(user_claims(USER_ID), key, algorithm, headers=header)


class TestUser:
    @pytest.mark.parametrize(
        "token",
        [
            es256(),
            encoded(RSA_KEY, "RS256", kid="rsa"),
            encoded(LEGACY_SECRET, "HS256"),
            es256(aud=["authenticated", "another"]),
            es256(is_anonymous=True, email="a@example.com"),
        ],
        ids=["ES256", "RS256", "legacy HS256", "several audiences", "further claims"],
    )
    @pytest.mark.parametrize("api_key", [None, *API_KEYS])
    async def test_a_good_token_is_its_user_with_any_key_beside_it(
        self, clients: Clients, token: str, api_key: str | None
    ) -> None:
        headers = bearer(token) | ({"apikey": API_KEYS[api_key]} if api_key else {})
        assert await who(clients, headers, "user") == Caller("user", user_id=USER_ID)

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    async def test_the_scheme_is_read_in_any_case(self, clients: Clients, scheme: str) -> None:
        assert (await who(clients, {"Authorization": f"{scheme} {es256()}"}, "user")).user == USER_ID

    @pytest.mark.parametrize(
        "token",
        [
            STRANGER.sign(user_claims(USER_ID)),
            jwt.encode(user_claims(USER_ID), STRANGER.signing_key, "ES256", headers={"kid": KEYS.signing_key_id}),
            encoded(KEYS.signing_key, "ES256"),
            encoded(STRANGER.jwt_secret, "HS256"),
            encoded(RSA_KEY, "RS512", kid="rsa"),
            encoded(LEGACY_SECRET, "HS384"),
            jwt.encode(user_claims(USER_ID), None, "none"),
            encoded(KEYS.jwks()["keys"][0]["x"], "HS256", kid=KEYS.signing_key_id),
            encoded(RSA_KEY, "RS256", kid=KEYS.signing_key_id),
            es256(exp=int(time.time()) - 1),
            es256(exp=None),
            es256(nbf=int(time.time()) + 600),
            es256(sub=None),
            es256(sub="admin"),
            es256(aud="anon"),
            es256(aud=None),
            es256(role="anon"),
            es256(role="service_role"),
            es256(role=None),
            es256()[:-10],
            "not.a.token",
            "garbage",
            "é",
        ],
        ids=[
            *("stranger's key", "stranger's key under our id", "no key id", "another secret", "RS512", "HS384"),
            *("none", "public point as HS256 secret", "RS256 under the ES256 key's id", "expired", "no end"),
            *("not yet", "no user", "no user's id", "another audience", "no audience", "role anon"),
            *("role service_role", "no role", "cut off", "three words", "one word", "not ASCII"),
        ],
    )
    @pytest.mark.parametrize("api_key", [None, *API_KEYS])
    async def test_a_bad_token_is_refused_whatever_key_is_beside_it(
        self, clients: Clients, token: str, api_key: str | None
    ) -> None:
        headers = bearer(token) | ({"apikey": API_KEYS[api_key]} if api_key else {})
        message = await refusal(clients, headers, "user")
        assert message.startswith("The access token ")
        assert token not in message

    async def test_an_expired_token_is_told_from_a_bad_one(self, clients: Clients) -> None:
        message = await refusal(clients, bearer(es256(exp=int(time.time()) - 1)), "user")
        assert message == "The access token has expired."

    @pytest.mark.parametrize("key", API_KEYS)
    @pytest.mark.parametrize("place", ["apikey", "bearer", "both"])
    async def test_an_api_key_is_nobody_s_access_token(self, clients: Clients, key: str, place: str) -> None:
        """K1: the public key that every client carries signs nobody in."""
        headers = {
            **({"apikey": API_KEYS[key]} if place != "bearer" else {}),
            **(bearer(API_KEYS[key]) if place != "apikey" else {}),
        }
        assert await refusal(clients, headers, "user") == "This function needs a signed-in user, not an API key."

    async def test_without_the_legacy_secret_its_tokens_are_refused(self) -> None:
        async with httpx.AsyncClient() as http:
            clients = doubled_clients(load_settings(environment(SUPABASE_JWT_SECRET="")), http)
            await refusal(clients, bearer(encoded(LEGACY_SECRET, "HS256")), "user")

    @pytest.mark.parametrize("make", [lambda t: t.queue_token(JOB_ID, 1), lambda t: t.attempt_token(JOB_ID, 1, 60)])
    async def test_a_job_s_token_is_nobody_s_access_token(self, clients: Clients, make: Any) -> None:
        await refusal(clients, bearer(make(clients.tokens)), "user")


class TestNoCredential:
    @pytest.mark.parametrize("mode", ["user", "secret", "job"])
    async def test_a_request_without_any_is_refused(self, clients: Clients, mode: Mode) -> None:
        assert await refusal(clients, {}, mode) == "The request carries no credential."

    @pytest.mark.parametrize("header", ["Bearer", "Bearer ", "", "Basic dXNlcjpwYXNz", "garbage"])
    @pytest.mark.parametrize("mode", ["user", "secret", "job"])
    async def test_a_malformed_header_is_refused_even_beside_a_secret_key(
        self, clients: Clients, header: str, mode: Mode
    ) -> None:
        headers = {"Authorization": header, "apikey": KEYS.secret_key}
        assert await refusal(clients, headers, mode) == "The Authorization header is not a bearer token."

    @pytest.mark.parametrize("api_key", ["", "sb_secret_guessed", STRANGER.anon_key, "é"])
    @pytest.mark.parametrize("mode", ["user", "secret", "job"])
    async def test_an_unknown_api_key_is_refused_even_beside_a_good_token(
        self, clients: Clients, api_key: str, mode: Mode
    ) -> None:
        token = {"user": es256(), "secret": KEYS.secret_key, "job": clients.tokens.queue_token(JOB_ID, 1)}[mode]
        message = await refusal(clients, {"apikey": api_key, **bearer(token)}, mode)
        assert message == "The API key is not one of this project."


class TestSecret:
    @pytest.mark.parametrize("key", SERVICE_KEYS)
    @pytest.mark.parametrize("place", ["apikey", "bearer", "both"])
    async def test_both_families_of_keys_are_taken_in_both_places(
        self, clients: Clients, key: str, place: str
    ) -> None:
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

    @pytest.mark.parametrize("token", [KEYS.publishable_key, KEYS.anon_key, es256(), "garbage"])
    @pytest.mark.parametrize("api_key", [None, KEYS.publishable_key, KEYS.secret_key])
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
