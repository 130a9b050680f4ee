"""Requests and the steps they are."""

import json
from typing import Any
from uuid import uuid4

import pytest

from shared.tokens import JobTokens
from tests.chaos.calls import Call, read_call

JOB = str(uuid4())
TOKENS = JobTokens("a job token secret of the tests only")


def call(path: str, body: Any = None, method: str = "POST", token: str = "") -> Call:
    headers = {"authorization": f"Bearer {token}"}
    return read_call(method, path, headers, b"" if body is None else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("path", "body", "step"),
    [
        ("/functions/v1/queue-job", {"prompt": "x"}, "submit"),
        ("/functions/v1/cancel-job", {"job_id": JOB}, "cancel"),
        ("/f1/redis/pipeline", [["LPUSH", "sdxl_queue", "a", "b"]], "push"),
        ("/f1/redis/multi-exec", [["DEL", "sdxl_queue"], ["LPUSH", "sdxl_queue", "a"]], "rewrite"),
        ("/w3/redis/", ["LMPOP", 1, "sdxl_queue", "RIGHT", "COUNT", 1], "take"),
        ("/f2/rest/v1/rpc/claim_job", {"p_job_id": JOB}, "sql:claim_job"),
        ("/f2/storage/v1/object/upload/sign/workspace-temp/a/b/1-0.png", None, "sign"),
    ],
)
def test_a_request_is_one_step(path: str, body: Any, step: str) -> None:
    assert call(path, body).step == step


def test_the_sender_is_read_from_the_path_and_taken_off_it() -> None:
    found = call("/f2/rest/v1/rpc/claim_job", {"p_job_id": JOB})
    assert (found.sender, found.path, found.job_id) == ("f2", "/rest/v1/rpc/claim_job", JOB)


def test_a_claim_names_its_hand_out() -> None:
    body = {"job_id": JOB, "status": "processing", "claim_id": "c"}
    found = call("/w1/functions/v1/job-callback", body, token=TOKENS.queue_token(JOB, 7))
    assert (found.step, found.sender, found.job_id, found.handout, found.claim_id) == ("claim", "w1", JOB, 7, "c")


@pytest.mark.parametrize(("status", "step"), [("processing", "progress"), ("completed", "end"), ("failed", "end")])
def test_a_report_names_its_attempt(status: str, step: str) -> None:
    token = TOKENS.attempt_token(JOB, 3, 60)
    found = call("/w1/functions/v1/job-callback", {"job_id": JOB, "status": status}, token=token)
    assert (found.step, found.job_id, found.attempt) == (step, JOB, 3)


def test_an_upload_names_job_and_attempt_by_its_path() -> None:
    path = f"/f1/storage/v1/object/upload/sign/workspace-temp/{uuid4()}/{JOB}/2-0.thumb.webp?token=t"
    found = call(path, method="PUT")
    assert (found.step, found.job_id, found.attempt) == ("upload", JOB, 2)


def test_elements_under_way_are_counted() -> None:
    commands = [["LPUSH", "sdxl_queue", "a", "b"], ["LPUSH", "wan_queue", "c"]]
    assert call("/f1/redis/pipeline", commands).elements == 3
