"""Which credential may say what."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from functions.edge.database import DatabaseUnavailable
from shared.tokens import JobTokens
from tests.fixtures.functions import KEYS, Doubles, bearer, environment
from tests.fixtures.rows import handout, job_row

JOB_ID = uuid4()
CLAIM = {"status": "processing", "claim_id": "claim-1", "worker_id": "worker-1"}


async def say(doubles: Doubles, headers: dict[str, str], job_id: UUID = JOB_ID, **fields: Any) -> httpx.Response:
    return await doubles.http.post("job-callback", json={"job_id": str(job_id), **fields}, headers=headers)


def queue_token(doubles: Doubles, job_id: UUID = JOB_ID, number: int = 3) -> dict[str, str]:
    return bearer(doubles.clients.tokens.queue_token(job_id, number))


def attempt_token(doubles: Doubles, job_id: UUID = JOB_ID, attempt: int = 2) -> dict[str, str]:
    return bearer(doubles.clients.tokens.attempt_token(job_id, attempt, 60))


def claimed(**changes: Any) -> dict[str, Any]:
    """The answer of ``claim_job``."""
    return {
        "outcome": "claimed",
        "attempt": 2,
        "lease_seconds": 15,
        "attempt_seconds": 900,
        "job": job_row(id=str(JOB_ID), status="processing"),
        "done": [],
        "handouts": [],
        **changes,
    }


def ended(outcome: str, status: str) -> dict[str, Any]:
    """The answer of ``complete_job`` and ``fail_job``."""
    return {"outcome": outcome, "job": job_row(id=str(JOB_ID), status=status), "assets": 1, "handouts": []}


class TestRefused:
    @pytest.fixture(autouse=True)
    def nothing_is_asked(self, doubles: Doubles) -> Any:
        yield
        assert doubles.database.calls == []

    @pytest.mark.parametrize("fields", [CLAIM, {"status": "processing"}, {"status": "completed"}, {"status": "failed"}])
    async def test_nobody_says_anything(self, doubles: Doubles, fields: dict[str, Any]) -> None:
        """K1: a callback without a credential is none."""
        assert (await say(doubles, {}, **fields)).status_code == 401

    @pytest.mark.parametrize("key", [KEYS.anon_key, KEYS.publishable_key], ids=["anon", "publishable"])
    async def test_the_public_keys_say_nothing(self, doubles: Doubles, key: str) -> None:
        """K1: the key that every client carries ends no job."""
        assert (await say(doubles, bearer(key), status="completed")).status_code == 401
        assert (await say(doubles, {"apikey": key}, status="completed")).status_code == 401

    async def test_a_user_says_nothing_about_his_own_job(self, doubles: Doubles) -> None:
        assert (await say(doubles, doubles.as_user, status="completed")).status_code == 401

    async def test_another_deployment_s_token_says_nothing(self, doubles: Doubles) -> None:
        token = JobTokens("another deployment's job token secret").attempt_token(JOB_ID, 2, 60)
        assert (await say(doubles, bearer(token), status="completed")).status_code == 401

    @pytest.mark.parametrize("fields", [CLAIM, {"status": "processing"}, {"status": "completed"}])
    @pytest.mark.parametrize("make", [queue_token, attempt_token])
    async def test_a_token_says_nothing_about_another_job(
        self, doubles: Doubles, make: Any, fields: dict[str, Any]
    ) -> None:
        answer = await say(doubles, make(doubles), uuid4(), **fields)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    @pytest.mark.parametrize(
        "fields",
        [
            {"status": "completed"},
            {"status": "completed", "claim_id": "claim-1"},
            {"status": "failed"},
            {"status": "cancelled"},
            {"status": "processing"},
            {"status": "processing", "progress": 0.5},
        ],
    )
    async def test_a_queue_token_only_claims(self, doubles: Doubles, fields: dict[str, Any]) -> None:
        answer = await say(doubles, queue_token(doubles), **fields)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_claim_names_its_hand_out_and_worker(doubles: Doubles) -> None:
    doubles.database.will_answer("claim_job", claimed())
    assert (await say(doubles, queue_token(doubles), **CLAIM)).status_code == 200
    assert doubles.database.calls == [
        (
            "claim_job",
            {"p_job_id": JOB_ID, "p_handout": 3, "p_worker_id": "worker-1", "p_claim_id": "claim-1"},
        )
    ]


async def test_what_a_claim_frees_is_pushed(doubles: Doubles) -> None:
    following = job_row()
    doubles.database.will_answer("claim_job", claimed(handouts=[handout(following)]))
    await say(doubles, queue_token(doubles), **CLAIM)
    (element,) = doubles.queue.lists["sdxl_queue"]
    assert following["id"] in element


async def test_an_attempt_token_reports_progress_of_its_attempt(doubles: Doubles) -> None:
    doubles.database.will_answer("report_progress", {"outcome": "reported", "cancelled": True})
    output = {"index": 0, "path": "p", "thumbnail_path": "t", "metadata": {"width": 64, "scheduler": "euler"}}
    answer = await say(
        doubles, attempt_token(doubles), status="processing", progress=0.5, stage="generating", outputs=[output]
    )
    assert answer.json() == {"success": True, "cancelled": True}
    assert doubles.database.calls == [
        (
            "report_progress",
            {
                "p_job_id": JOB_ID,
                "p_attempt": 2,
                "p_progress": 0.5,
                "p_stage": "generating",
                "p_outputs": [output],
                "p_text": None,
                "p_lease_seconds": 15,
            },
        )
    ]


async def test_a_completion_is_told_in_the_documents_shape(doubles: Doubles) -> None:
    doubles.database.will_answer("complete_job", ended("completed", "completed"))
    answer = await say(doubles, attempt_token(doubles), status="completed", assets=["p"], metadata={"seed": 7})
    body = answer.json()
    assert body.pop("debug").pop("processingTimestamp")
    assert body == {
        "success": True,
        "message": "The job is completed.",
        "jobId": str(JOB_ID),
        "status": "completed",
    }
    ((_, arguments),) = doubles.database.calls
    assert arguments["p_attempt"] == 2
    assert arguments["p_metadata"] == {"seed": 7}
    assert arguments["p_result"] is None


async def test_the_debug_object_says_what_was_done(doubles: Doubles) -> None:
    doubles.database.will_answer("complete_job", ended("completed", "completed"))
    debug = (await say(doubles, attempt_token(doubles), status="completed", assets=["p"])).json()["debug"]
    assert debug.pop("processingTimestamp").endswith("+00:00")
    assert debug == {
        "job_id": str(JOB_ID),
        "jobStatus": "completed",
        "jobType": "sdxl_image_fast",
        "format": "image",
        "quality": "fast",
        "isSDXL": True,
        "isEnhanced": False,
        "assetsProcessed": 1,
    }


async def test_a_text_and_an_enhanced_prompt_go_with_the_completion(doubles: Doubles) -> None:
    doubles.database.will_answer("complete_job", ended("completed", "completed"))
    await say(doubles, attempt_token(doubles), status="completed", text="hello", enhancedPrompt="a fine cat")
    ((_, arguments),) = doubles.database.calls
    assert arguments["p_result"] == {"text": "hello"}
    assert arguments["p_metadata"] == {"enhanced_prompt": "a fine cat"}


@pytest.mark.parametrize(
    ("fields", "code", "message", "retryable"),
    [
        ({"status": "failed"}, "generation_failed", "The generation failed.", False),
        ({"status": "failed", "error": "no"}, "generation_failed", "no", False),
        ({"status": "failed", "error_code": "network", "retryable": True}, "network", "The generation failed.", True),
        ({"status": "cancelled"}, "preempted", "The worker handed the job back.", True),
    ],
)
async def test_a_failure_is_told_to_sql_with_its_reason(
    doubles: Doubles, fields: dict[str, Any], code: str, message: str, retryable: bool
) -> None:
    doubles.database.will_answer("fail_job", ended("failed", "failed"))
    assert (await say(doubles, attempt_token(doubles), **fields)).json()["status"] == "failed"
    ((_, arguments),) = doubles.database.calls
    assert (arguments["p_code"], arguments["p_message"], arguments["p_retryable"]) == (code, message, retryable)


async def test_while_the_database_is_down_a_worker_may_say_it_again(doubles: Doubles) -> None:
    """K5: nothing is answered as done that was not."""
    doubles.database.will_answer("complete_job", DatabaseUnavailable())
    answer = await say(doubles, attempt_token(doubles), status="completed", assets=["p"])
    assert (answer.status_code, answer.json()["retryable"]) == (503, True)


async def test_an_unknown_job_is_told_to_nobody_but_a_holder_of_its_token(doubles: Doubles) -> None:
    """K14: an id alone finds out nothing."""
    doubles.database.will_answer("claim_job", {"outcome": "not_found"})
    assert (await say(doubles, queue_token(doubles), **CLAIM)).status_code == 404
    assert (await say(doubles, doubles.as_user, **CLAIM)).status_code == 401


async def test_no_answer_holds_a_secret(doubles: Doubles) -> None:
    doubles.database.will_answer("claim_job", claimed())
    text = (await say(doubles, queue_token(doubles), **CLAIM)).text
    secrets = {name: value for name, value in environment().items() if name.endswith(("_KEY", "_SECRET", "_TOKEN"))}
    assert [name for name, value in secrets.items() if value in text] == []
