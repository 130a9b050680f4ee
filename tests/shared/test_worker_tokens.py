"""What the functions show to a worker that they call."""

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import tokens
from shared.tokens import InvalidToken, JobTokens, WorkerTokens
from tests.shared.test_tokens import GARBAGE, JOB, encoded

SECRET = "a secret of functions and workers, long enough"
URL = "https://one-7861.proxy.runpod.net"
TOKENS = WorkerTokens(SECRET)


def test_a_call_s_token_opens_the_worker_it_was_made_for() -> None:
    TOKENS.check_call(WorkerTokens(SECRET).call_token(URL), URL)


@pytest.mark.parametrize("url", ["https://two-7861.proxy.runpod.net", f"{URL}/", f"{URL}:443", ""])
def test_it_opens_no_other_worker(url: str) -> None:
    """S4"""
    with pytest.raises(InvalidToken):
        TOKENS.check_call(TOKENS.call_token(URL), url)


def test_it_is_good_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = tokens.time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: now - 59)
    young = TOKENS.call_token(URL)
    monkeypatch.setattr(tokens.time, "time", lambda: now - 61)
    old = TOKENS.call_token(URL)
    monkeypatch.undo()
    TOKENS.check_call(young, URL)
    with pytest.raises(InvalidToken, match="past its end"):
        TOKENS.check_call(old, URL)


def test_a_token_of_another_deployment_is_refused() -> None:
    with pytest.raises(InvalidToken):
        TOKENS.check_call(WorkerTokens("another deployment's secret, as long").call_token(URL), URL)


def test_a_job_s_token_under_the_same_secret_is_refused() -> None:
    jobs = JobTokens(SECRET)
    for token in (jobs.attempt_token(JOB, 1, 60), jobs.queue_token(JOB, 1)):
        with pytest.raises(InvalidToken):
            TOKENS.check_call(token, "job-callback")


def test_it_is_no_token_of_a_job() -> None:
    with pytest.raises(InvalidToken):
        JobTokens(SECRET).read_attempt_token(TOKENS.call_token("job-callback"))


def test_a_token_signed_with_the_secret_itself_is_refused() -> None:
    with pytest.raises(InvalidToken):
        TOKENS.check_call(jwt.encode({"aud": URL, "exp": 2**40}, SECRET, "HS256"), URL)


def test_a_token_without_an_end_is_refused() -> None:
    with pytest.raises(InvalidToken):
        TOKENS.check_call(jwt.encode({"aud": URL}, TOKENS._key, "HS256"), URL)


@pytest.mark.parametrize("algorithm", ["none", "HS512", None])
def test_a_token_without_our_algorithm_is_refused(algorithm: str | None) -> None:
    _, claims, signature = TOKENS.call_token(URL).split(".")
    for end in (signature, ""):
        with pytest.raises(InvalidToken):
            TOKENS.check_call(f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{claims}.{end}", URL)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_an_invalid_token_and_nothing_else(garbage: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.check_call(GARBAGE[garbage], URL)


@given(text=st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_is_an_invalid_token_and_nothing_else(text: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.check_call(text, URL)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="WORKER_SECRET needs at least 32"):
        WorkerTokens("x" * 31)


def test_neither_token_nor_error_shows_the_secret() -> None:
    token = TOKENS.call_token(URL)
    assert SECRET not in token
    with pytest.raises(InvalidToken) as caught:
        TOKENS.check_call(token, "https://other")
    assert token not in str(caught.value)
