"""RunPod's serverless API (https://docs.runpod.io/serverless/endpoints/send-requests)."""

from typing import Any, Final

import httpx

from functions.edge.runpod.protocol import RunPodUnavailable

BASE_URL: Final = "https://api.runpod.ai/v2"
MAX_SECONDS: Final = 600
"""A drain takes no job after so many seconds."""
_ATTEMPT_SECONDS: Final = 900
_QUEUE_SECONDS: Final = 3600
"""A request that no worker took for so long is stale: later wake-ups have long replaced it."""


class HttpRunPod:
    """``RunPod`` over HTTP; ``http`` is shared and not closed here."""

    def __init__(self, http: httpx.AsyncClient, endpoint_id: str, api_key: str) -> None:
        self._http = http
        self._url = f"{BASE_URL}/{endpoint_id}/run"
        self._headers = {"Authorization": f"Bearer {api_key}"}

    async def drain(self, queue: str) -> None:
        execution_seconds = MAX_SECONDS + _ATTEMPT_SECONDS
        body: dict[str, Any] = {
            "input": {"queues": [queue], "max_seconds": MAX_SECONDS},
            # Milliseconds. The time to live counts from the submission, so it holds the execution too.
            "policy": {
                "executionTimeout": execution_seconds * 1000,
                "ttl": (execution_seconds + _QUEUE_SECONDS) * 1000,
            },
        }
        try:
            answer = await self._http.post(self._url, json=body, headers=self._headers)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise RunPodUnavailable(f"RunPod answered {error.response.status_code}") from None
        except httpx.HTTPError as error:
            raise RunPodUnavailable(f"RunPod cannot be reached: {type(error).__name__}") from None
