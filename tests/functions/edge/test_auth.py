"""Signed-in users, and credentials that are none: one table of tokens for each answer."""

import time
from typing import Any

import httpx
import jwt
import pytest

from functions.edge.auth import Caller, Mode
from functions.edge.clients import Clients
from functions.edge.settings import load_settings
from tests.fixtures.credentials import (
    API_KEYS,
    JOB_ID,
    LEGACY_SECRET,
    RSA_KEY,
    STRANGER,
    USER_ID,
    encoded,
    es256,
    refusal,
    who,
)
from tests.fixtures.functions import KEYS, bearer, doubled_clients, environment, user_claims


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
            es256(nbf=int(time.time()) + 36_000),
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
