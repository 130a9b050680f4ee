import base64
import json
from uuid import UUID, uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tokens import AttemptToken, InvalidToken, JobTokens, QueueToken

SECRET = "a secret of the functions, long enough"
OTHER_SECRET = "another deployment's secret, as long as that"
JOB = UUID("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
OTHER_JOB = UUID("0b7b9f52-58a6-4ee6-8fd6-6f0d1ae6a0c1")

TOKENS = JobTokens(SECRET)
READERS = {"queue": TOKENS.read_queue_token, "attempt": TOKENS.read_attempt_token}

every_reader = pytest.mark.parametrize("reader", READERS)


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@given(st.uuids(), st.integers(min_value=1, max_value=2**31))
def test_a_queue_token_names_its_job_and_handout(job_id: UUID, handout: int) -> None:
    assert TOKENS.read_queue_token(TOKENS.queue_token(job_id, handout)) == QueueToken(job_id, handout)


@given(st.uuids(), st.integers(min_value=1, max_value=2**31))
def test_an_attempt_token_names_its_job_and_attempt(job_id: UUID, attempt: int) -> None:
    assert TOKENS.read_attempt_token(TOKENS.attempt_token(job_id, attempt, 60)) == AttemptToken(job_id, attempt)


def test_the_same_handout_has_the_same_token() -> None:
    assert TOKENS.queue_token(JOB, 1) == JobTokens(SECRET).queue_token(str(JOB), 1)


def test_a_job_id_in_another_spelling_is_the_same_job() -> None:
    assert TOKENS.queue_token(str(JOB).upper(), 1) == TOKENS.queue_token(JOB, 1)


def test_no_token_is_made_for_an_id_that_is_no_uuid() -> None:
    with pytest.raises(ValueError, match="UUID"):
        TOKENS.queue_token("job.1", 1)
    with pytest.raises(ValueError, match="UUID"):
        TOKENS.attempt_token("job.1", 1, 60)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        JobTokens("x" * 31)
    JobTokens("x" * 32)


def test_a_token_of_another_deployment_is_refused() -> None:
    other = JobTokens(OTHER_SECRET)

    with pytest.raises(InvalidToken):
        TOKENS.read_queue_token(other.queue_token(JOB, 1))
    with pytest.raises(InvalidToken):
        TOKENS.read_attempt_token(other.attempt_token(JOB, 1, 60))


def test_a_queue_token_is_no_attempt_token() -> None:
    with pytest.raises(InvalidToken):
        TOKENS.read_attempt_token(TOKENS.queue_token(JOB, 1))


def test_an_attempt_token_is_no_queue_token() -> None:
    with pytest.raises(InvalidToken):
        TOKENS.read_queue_token(TOKENS.attempt_token(JOB, 1, 60))


def test_an_attempt_token_past_its_end_is_refused() -> None:
    with pytest.raises(InvalidToken, match="past its end"):
        TOKENS.read_attempt_token(TOKENS.attempt_token(JOB, 1, -1))


def test_another_job_under_the_signature_of_a_queue_token_is_refused() -> None:
    token = TOKENS.queue_token(JOB, 1)

    with pytest.raises(InvalidToken):
        TOKENS.read_queue_token(token.replace(str(JOB), str(OTHER_JOB)))


def test_another_handout_under_the_signature_of_a_queue_token_is_refused() -> None:
    version, job_id, _, signature = TOKENS.queue_token(JOB, 1).split(".")

    with pytest.raises(InvalidToken):
        TOKENS.read_queue_token(f"{version}.{job_id}.2.{signature}")


@pytest.mark.parametrize("claim", [{"sub": str(OTHER_JOB)}, {"attempt": 2}, {"exp": 2**40}])
def test_another_claim_under_the_signature_of_an_attempt_token_is_refused(claim: dict[str, object]) -> None:
    token = TOKENS.attempt_token(JOB, 1, 60)
    header, _, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})

    with pytest.raises(InvalidToken):
        TOKENS.read_attempt_token(f"{header}.{encoded(claims | claim)}.{signature}")


@given(st.data())
def test_a_queue_token_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    token = TOKENS.queue_token(JOB, 7)
    place = data.draw(st.integers(min_value=0, max_value=len(token) - 1))
    character = data.draw(st.characters().filter(lambda each: each != token[place]))

    with pytest.raises(InvalidToken):
        TOKENS.read_queue_token(token[:place] + character + token[place + 1 :])


@pytest.mark.parametrize("algorithm", ["none", "None", "RS256", "HS512", None, ["HS256"]])
def test_an_attempt_token_without_our_algorithm_is_refused(algorithm: object) -> None:
    _, claims, signature = TOKENS.attempt_token(JOB, 1, 60).split(".")
    header = encoded({"alg": algorithm, "typ": "JWT"})

    for end in (signature, ""):
        with pytest.raises(InvalidToken):
            TOKENS.read_attempt_token(f"{header}.{claims}.{end}")


@pytest.mark.parametrize("missing", ["aud", "exp", "sub", "attempt"])
def test_an_attempt_token_without_a_claim_is_refused(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = jwt.encode
    monkeypatch.setattr(
        jwt,
        "encode",
        lambda claims, key, algorithm: made({k: v for k, v in claims.items() if k != missing}, key, algorithm),
    )

    with pytest.raises(InvalidToken):
        TOKENS.read_attempt_token(TOKENS.attempt_token(JOB, 1, 60))


GARBAGE = {
    "nothing": "",
    "a dot": ".",
    "dots": "....",
    "one part": "q1",
    "two parts": f"q1.{JOB}",
    "three parts": f"q1.{JOB}.1",
    "five parts": f"q1.{JOB}.1.x.y",
    "an empty signature": f"q1.{JOB}.1.",
    "letters beyond ASCII": f"q1.{JOB}.1.é",
    "half a surrogate pair": f"q1.{JOB}.1.\ud800",
    "a NUL": f"q1.{JOB}.1.\0",
    "JSON": '{"job_id": 1}',
    "a header that is no object": f"{encoded([])}.{encoded({})}.x",
    "a header deep beyond reading": f"{encoded('[' * 50_000)}.{encoded({})}.x",
    "a long text": "x" * 100_000,
    "blanks": "   ",
}


@every_reader
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_an_invalid_token_and_nothing_else(reader: str, garbage: str) -> None:
    with pytest.raises(InvalidToken):
        READERS[reader](GARBAGE[garbage])


@every_reader
@given(text=st.text(alphabet=st.characters(exclude_categories=())) | st.text(alphabet="q1.-eyJ0", max_size=60))
def test_any_text_is_an_invalid_token_and_nothing_else(reader: str, text: str) -> None:
    with pytest.raises(InvalidToken):
        READERS[reader](text)


def test_an_error_never_shows_the_token() -> None:
    token = JobTokens(OTHER_SECRET).queue_token(uuid4(), 1)

    with pytest.raises(InvalidToken) as caught:
        TOKENS.read_queue_token(token)
    assert token not in str(caught.value)
