"""The two credentials of a worker: a queue token (may ask for one hand-out), an attempt token (may report one attempt);
and what the functions show to a worker that they call over HTTP.

The first two are made and read by the functions alone; a worker only carries them. Each kind has a key of its own,
derived from one secret, so neither can be passed off as the other. PyJWT is loaded by the first attempt token: it
brings ``cryptography`` along, 50 ms of a cold start.
"""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_ALGORITHM: Final = "HS256"
_AUDIENCE: Final = "job-callback"
_QUEUE_PREFIX: Final = "q1"
_CALL_SECONDS: Final = 60.0
"""A call's token is made for that call."""


class InvalidToken(Exception):
    """The token is malformed, signed by another key, or past its end."""


@dataclass(frozen=True, slots=True)
class QueueToken:
    job_id: UUID
    handout: int


@dataclass(frozen=True, slots=True)
class AttemptToken:
    job_id: UUID
    attempt: int


class JobTokens:
    """Makes and reads both tokens. ``secret`` is the functions' ``JOB_TOKEN_SECRET`` (32 characters at least)."""

    def __init__(self, secret: str) -> None:
        if len(secret) < 32:
            raise ValueError("JOB_TOKEN_SECRET needs at least 32 characters")
        self._queue_key = hmac.digest(secret.encode(), b"ourvidz queue token", "sha256")
        self._attempt_key = hmac.digest(secret.encode(), b"ourvidz attempt token", "sha256")

    def queue_token(self, job_id: UUID | str, handout: int) -> str:
        """The token of one hand-out of a job. It names no end: the next hand-out retires it."""
        body = f"{_QUEUE_PREFIX}.{UUID(str(job_id))}.{handout}"
        return f"{body}.{self._queue_signature(body)}"

    def read_queue_token(self, token: str) -> QueueToken:
        """Raises ``InvalidToken``."""
        body, _, signature = _ascii(token).rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._queue_signature(body).encode()):
            raise InvalidToken("not a queue token of this deployment")
        _, job_id, handout = body.split(".")
        return QueueToken(UUID(job_id), int(handout))

    def attempt_token(self, job_id: UUID | str, attempt: int, lifetime_seconds: float) -> str:
        """The JWT of one attempt at a job."""
        import jwt

        now = time.time()
        claims = {
            "aud": _AUDIENCE,
            "sub": str(UUID(str(job_id))),
            "attempt": attempt,
            "iat": now,
            "exp": now + lifetime_seconds,
        }
        return jwt.encode(claims, self._attempt_key, algorithm=_ALGORITHM)

    def read_attempt_token(self, token: str) -> AttemptToken:
        """Raises ``InvalidToken``."""
        import jwt

        try:
            claims = jwt.decode(
                _ascii(token),
                self._attempt_key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub", "attempt"]},
            )
        except jwt.InvalidTokenError as error:
            raise InvalidToken("not an attempt token of this deployment, or past its end") from error
        return AttemptToken(UUID(claims["sub"]), int(claims["attempt"]))

    def _queue_signature(self, body: str) -> str:
        digest = hmac.digest(self._queue_key, body.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class WorkerTokens:
    """What a call of a worker's HTTP face carries: a JWT for that worker's URL that is good for a minute.

    ``secret`` is the ``WORKER_SECRET`` that functions and workers share. It is never sent to a worker: whoever listens
    at a URL that is not a worker's learns nothing that opens another one.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < 32:
            raise ValueError("WORKER_SECRET needs at least 32 characters")
        self._key = hmac.digest(secret.encode(), b"ourvidz worker call", "sha256")

    def call_token(self, worker_url: str) -> str:
        """The bearer token of one call to the worker at ``worker_url``."""
        import jwt

        return jwt.encode({"aud": worker_url, "exp": time.time() + _CALL_SECONDS}, self._key, algorithm=_ALGORITHM)

    def check_call(self, token: str, worker_url: str) -> None:
        """Raises ``InvalidToken`` unless the token was made for a call to ``worker_url`` within the last minute."""
        import jwt

        try:
            jwt.decode(
                _ascii(token), self._key, algorithms=[_ALGORITHM], audience=worker_url, options={"require": ["exp"]}
            )
        except jwt.InvalidTokenError as error:
            raise InvalidToken("not a token of this deployment for this worker, or past its end") from error


def _ascii(token: str) -> str:
    """The token as it is: none of ours holds another character, and half a surrogate pair cannot even be encoded."""
    if not token.isascii():
        raise InvalidToken("not a token of this deployment")
    return token
