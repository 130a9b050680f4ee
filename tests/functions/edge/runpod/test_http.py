"""RunPod's API, by the shapes its documentation gives; the service itself cannot run here."""

import json

import httpx
import pytest
import respx

from functions.edge.runpod import HttpRunPod, RunPodUnavailable

URL = "https://api.runpod.ai/v2/endpoint-1/run"
KEY = "rpa_a_secret_key"


@pytest.fixture
def runpod() -> HttpRunPod:
    return HttpRunPod(httpx.AsyncClient(), "endpoint-1", KEY)


@respx.mock
async def test_a_drain_of_the_queue_is_asked_for_with_the_key(runpod: HttpRunPod) -> None:
    route = respx.post(URL).respond(200, json={"id": "1", "status": "IN_QUEUE"})

    await runpod.drain("sdxl_queue")

    request = route.calls.last.request
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content)["input"] == {"queues": ["sdxl_queue"], "max_seconds": 600}


@respx.mock
async def test_the_last_job_of_a_drain_may_take_its_whole_time(runpod: HttpRunPod) -> None:
    route = respx.post(URL).respond(200, json={})

    await runpod.drain("wan_queue")

    body = json.loads(route.calls.last.request.content)
    assert body["policy"]["executionTimeout"] == (body["input"]["max_seconds"] + 900) * 1000
    assert body["policy"]["ttl"] > body["policy"]["executionTimeout"]


@respx.mock
@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_a_refusal_is_told_by_its_status_and_never_by_the_key(runpod: HttpRunPod, status: int) -> None:
    respx.post(URL).respond(status, text=KEY)

    with pytest.raises(RunPodUnavailable, match=str(status)) as raised:
        await runpod.drain("sdxl_queue")
    assert KEY not in str(raised.value)


@respx.mock
async def test_an_api_that_does_not_answer_is_unavailable(runpod: HttpRunPod) -> None:
    respx.post(URL).mock(side_effect=httpx.ReadTimeout("too slow"))

    with pytest.raises(RunPodUnavailable, match="ReadTimeout"):
        await runpod.drain("sdxl_queue")
