"""``POST job-callback`` with a bearer token."""

from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from gpu_handler.callback.protocol import AttemptOver, CallbackRefused
from gpu_handler.http import send
from gpu_handler.retry import Unavailable
from shared.messages import ClaimReply, ClaimRequest, EndReport, ProgressReply, ProgressReport

_OVER_STATUSES: Final = frozenset({401, 403, 404, 409, 410})

_CLAIM_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
# A lease is 15 s long: a report that hangs must leave time for the next one.
_PROGRESS_TIMEOUT: Final = httpx.Timeout(4.0, connect=2.0)
_END_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)


class _Ended(BaseModel):
    """What is answered to anyone for a job that has ended."""

    skipped: bool = False


_Reply = TypeVar("_Reply", bound=BaseModel)


class HttpJobCallback:
    """``JobCallback`` at the configured URL; the URL a queue element names is compared with it and never called."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        self._client = client
        self._url = url

    def claim(self, token: str, request: ClaimRequest) -> ClaimReply:
        return self._read_open(ClaimReply, self._post(token, request, _CLAIM_TIMEOUT))

    def progress(self, token: str, report: ProgressReport) -> ProgressReply:
        return self._read_open(ProgressReply, self._post(token, report, _PROGRESS_TIMEOUT))

    def end(self, token: str, report: EndReport) -> None:
        # A job that has ended is no contradiction here: an earlier call may have ended it and its answer been lost.
        self._read(_Ended, self._post(token, report, _END_TIMEOUT))

    def _post(self, token: str, message: BaseModel, timeout: httpx.Timeout) -> httpx.Response:
        response = send(
            self._client,
            "POST",
            self._url,
            timeout,
            content=message.model_dump_json(),
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        )
        if response.status_code in _OVER_STATUSES:
            raise AttemptOver(f"HTTP {response.status_code}")
        if not response.is_success:
            raise CallbackRefused(f"HTTP {response.status_code}")
        return response

    def _read_open(self, kind: type[_Reply], response: httpx.Response) -> _Reply:
        if self._read(_Ended, response).skipped:
            raise AttemptOver("the job has ended")
        return self._read(kind, response)

    @staticmethod
    def _read(kind: type[_Reply], response: httpx.Response) -> _Reply:
        try:
            return kind.model_validate_json(response.content)
        except ValidationError:
            # A proxy's page, or half a deployment: the next answer may be the real one.
            raise Unavailable("an answer that is no job-callback answer") from None
