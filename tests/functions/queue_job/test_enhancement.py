"""A job that is enhanced after it was accepted, over the stack: by a worker, by rules, at the claim, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from devstack.project import Project
from functions.edge.enhancement import waiting
from functions.edge.workers import MemoryWorkers, WorkerTimeout
from functions.queue_job import enhancement
from functions.queue_job.schema import QueueJobRequest
from shared.conversation import ChatRequest
from shared.worker_messages import EnhanceReply
from tests.fixtures.functions import Doubles, bearer
from tests.fixtures.rows import handout, job_row, submitted
from tests.fixtures.wire import PNG, WEBP, Wire

ASKED = {"prompt": "a red cat", "user_requested_enhancement": True}
BETTER = "a red cat on a velvet sofa, soft window light"
BY_RULES = "a red cat, "

TEMPLATE = {"template_name": "t", "system_prompt": "You write prompts.", "token_limit": 75}
PLANNED = {"outcome": "planned", "template": None, "worker": None, "question": "hash", "cached": None}


def reply(text: str = BETTER) -> EnhanceReply:
    return EnhanceReply(
        enhanced_prompt=text, model_used="qwen", generation_time=1.5, tokens_generated=20, finish_reason="stop"
    )


class BusyWorkers(MemoryWorkers):
    """It has begun to think, and answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def enhance(self, url: str, request: ChatRequest, seconds: float) -> EnhanceReply:
        self.begun.set()
        await self.may_answer.wait()
        return await super().enhance(url, request, seconds)


@pytest.fixture
async def workers(wire: Wire, owner: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BusyWorkers]:
    """A chat worker, registered as any. Each test asks with words of its own, so nothing is remembered."""
    worker_id = f"test-{uuid4()}"
    await wire.edge.clients.database.call(
        "register_worker", p_worker_type="chat", p_worker_id=worker_id, p_url="https://chat.workers.test"
    )
    workers = BusyWorkers()
    monkeypatch.setattr(wire.edge.clients, "workers", workers)
    yield workers
    workers.may_answer.set()
    await wire.edge.clients.settle()
    await owner.execute("delete from workers where worker_id = $1", worker_id)
    await owner.execute("delete from enhancement_cache")


@pytest.fixture
def nobody_enhances(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends right after its answer."""

    async def die(*_: Any) -> None:
        pass

    monkeypatch.setattr(waiting, "enhance_held", die)


async def settled(wire: Wire, job_id: str) -> dict[str, Any]:
    """The row when nothing runs behind the answer any more."""
    await wire.edge.clients.settle()
    return await wire.job(job_id)


class TestByAWorker:
    async def test_the_answer_waits_for_no_model(self, wire: Wire, workers: BusyWorkers) -> None:
        """Q13"""
        job_id = await wire.submit(**ASKED)
        row = await wire.job(job_id)
        await workers.begun.wait()
        assert (row["status"], row["enhanced_prompt"], row["handed_out_at"]) == ("queued", None, None)
        assert row["metadata"]["enhancement"]["status"] == "pending"
        assert row["not_before"] is not None

    async def test_its_text_is_drawn(self, wire: Wire, workers: BusyWorkers) -> None:
        workers.answers.append(reply(f'Enhanced prompt: "{BETTER}"'))
        job_id = await wire.submit(**ASKED)
        await workers.begun.wait()
        await asyncio.sleep(0.06)
        workers.may_answer.set()
        row = await settled(wire, job_id)
        assert (row["original_prompt"], row["enhanced_prompt"], row["not_before"]) == ("a red cat", BETTER, None)
        assert (row["template_name"], row["enhancement_strategy"]) == ("sdxl_image_sfw", "model")
        assert row["enhancement_time_ms"] >= 50, "it thought that long"
        enhancement = row["metadata"]["enhancement"]
        assert (enhancement["status"], enhancement["source"], enhancement["model_used"]) == (
            *("enhanced", "worker_fallback", "qwen"),
        )
        assert (await wire.claim(job_id)).claim["job"]["prompt"] == BETTER

    async def test_a_slow_one_is_answered_for_by_rules(self, wire: Wire, workers: BusyWorkers) -> None:
        workers.answers.append(WorkerTimeout(6))
        workers.may_answer.set()
        row = await settled(wire, await wire.submit(**ASKED))
        assert row["enhanced_prompt"].startswith(BY_RULES)
        assert row["warnings"] == ["The chat worker did not answer in time: the prompt was enhanced by rules."]

    async def test_what_may_not_be_drawn_is_not(self, wire: Wire, workers: BusyWorkers) -> None:
        workers.answers.append(reply("a red cat, hardcore porn"))
        workers.may_answer.set()
        row = await settled(wire, await wire.submit(**ASKED))
        assert row["enhanced_prompt"].startswith(BY_RULES)

    async def test_a_job_that_is_cancelled_meanwhile_stays_cancelled(self, wire: Wire, workers: BusyWorkers) -> None:
        """P5"""
        workers.answers.append(reply())
        job_id = await wire.submit(**ASKED)
        await workers.begun.wait()
        await wire.edge.http.post("cancel-job", json={"job_id": job_id}, headers=wire.user.headers)
        before = await wire.job(job_id)
        workers.may_answer.set()
        assert await settled(wire, job_id) == before
        assert (before["status"], before["enhanced_prompt"]) == ("cancelled", None)

    async def test_an_answer_after_the_claim_changes_nothing(self, wire: Wire, workers: BusyWorkers) -> None:
        """P10"""
        workers.answers.append(reply())
        job_id = await wire.submit(**ASKED)
        await workers.begun.wait()
        attempt = await wire.claim(job_id)
        before = await wire.job(job_id)
        workers.may_answer.set()
        assert await settled(wire, job_id) == before
        assert attempt.claim["job"]["prompt"] == before["enhanced_prompt"] != BETTER

    async def test_the_same_submission_again_asks_nobody_again(self, wire: Wire, workers: BusyWorkers) -> None:
        workers.answers.append(reply())
        workers.may_answer.set()
        headers = wire.user.headers | {"Idempotency-Key": uuid4().hex}
        body = {"job_type": "sdxl_image_fast", **ASKED}
        answers = [await wire.edge.http.post("queue-job", json=body, headers=headers) for _ in range(2)]
        await wire.edge.clients.settle()
        assert answers[0].json()["job_id"] == answers[1].json()["job_id"]
        assert len(workers.calls) == 1


class TestByRules:
    async def test_where_no_worker_is(self, wire: Wire) -> None:
        job_id = await wire.submit(**ASKED)
        row = await settled(wire, job_id)
        assert row["enhanced_prompt"].startswith(BY_RULES)
        assert (row["template_name"], row["enhancement_strategy"], row["not_before"]) == ("rules", "rules", None)
        assert row["warnings"] == ["No chat worker is there: the prompt was enhanced by rules."]
        assert (await wire.claim(job_id)).claim["job"]["prompt"] == row["enhanced_prompt"]

    async def test_a_prompt_that_is_too_long_is_left_whole(self, wire: Wire) -> None:
        prompt = "a red cat, " * 60
        job_id = await wire.submit(**ASKED | {"prompt": prompt})
        row = await settled(wire, job_id)
        assert (row["enhanced_prompt"], row["metadata"]["enhancement"]["status"]) == (None, "kept")
        assert (await wire.claim(job_id)).claim["job"]["prompt"] == prompt

    async def test_a_change_of_a_picture_keeps_the_picture_s_own_prompt(self, wire: Wire) -> None:
        said = {"referenceMode": "modify", "originalEnhancedPrompt": "a blue dog, oil on canvas"}
        row = await settled(wire, await wire.submit(**ASKED, **said))
        assert row["enhanced_prompt"] == "a blue dog, oil on canvas, a red cat"


@pytest.mark.usefixtures("nobody_enhances")
class TestAtTheClaim:
    async def test_a_dead_process_s_job_is_enhanced_by_rules(self, wire: Wire) -> None:
        """P1"""
        job_id = await wire.submit(**ASKED)
        attempt = await wire.claim(job_id)
        row = await wire.job(job_id)
        assert attempt.claim["job"]["prompt"] == row["enhanced_prompt"]
        assert row["enhanced_prompt"].startswith(BY_RULES)
        assert row["metadata"]["enhancement"]["status"] == "enhanced"
        assert row["warnings"] == ["No model wrote in time: the prompt was enhanced by rules."]

    async def test_the_same_claim_again_is_told_the_same_prompt(self, wire: Wire) -> None:
        job_id = await wire.submit(**ASKED)
        token = await wire.queue_token(job_id)
        first, again = [(await wire.ask(job_id, token)).json()["job"] for _ in range(2)]
        assert first == again

    async def test_every_attempt_draws_the_same_prompt(self, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        """P10: also when other rules are deployed between two attempts."""
        first = await wire.claim(await wire.submit(**ASKED))
        await first.say("failed", error_code="network", retryable=True)
        monkeypatch.setattr(waiting, "without_model", None)
        second = await wire.claim(first.job_id, claim_id=uuid4().hex)
        assert second.claim["attempt"] == 2
        assert second.claim["job"] == first.claim["job"]

    async def test_a_worker_of_before_has_drawn_the_original(self, wire: Wire, project: Project) -> None:
        """P9: it was given the prompt by the queue, before anybody claimed anything."""
        job_id = await wire.submit(**ASKED)
        headers = bearer(project.keys.service_role_key)
        folder = f"{wire.user.id}/{job_id}"
        for path, content, kind in ((f"{folder}/0.png", PNG, "png"), (f"{folder}/0.thumb.webp", WEBP, "webp")):
            url = f"{project.url}/storage/v1/object/workspace-temp/{path}"
            put = await wire.web.post(url, content=content, headers=headers | {"content-type": f"image/{kind}"})
            assert put.status_code == 200
        assets = [{"type": "image", "url": f"{folder}/0.png", "thumbnail_url": f"{folder}/0.thumb.webp"}]
        body = {"job_id": job_id, "status": "completed", "assets": assets}
        answer = await wire.edge.http.post("job-callback", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        row = await wire.job(job_id)
        assert (row["status"], row["enhanced_prompt"], row["metadata"]["enhancement"]["status"]) == (
            *("completed", None, "kept"),
        )


def asked(**fields: Any) -> dict[str, Any] | None:
    return enhancement.pending(QueueJobRequest.model_validate({"job_type": "sdxl_image_fast", **ASKED, **fields}))


@pytest.mark.parametrize(
    "fields",
    [
        {"user_requested_enhancement": False},
        {"skip_enhancement": True},
        {"enhancement_model": "none"},
        {"enhanced_prompt": "a fine cat"},
        {"original_prompt": "a cat"},
        {"metadata": {"exact_copy_mode": True}},
        {"exactCopyMode": True},
        {"metadata": {"skip_enhancement": True}},
        {"job_type": "video7b_fast_enhanced", "skip_enhancement": True},
        {"job_type": "image7b_fast_enhanced", "enhanced_prompt": "a fine cat"},
        {"job_type": "chat_conversation"},
    ],
)
def test_nothing_is_enhanced_that_is_not_wanted(fields: dict[str, Any]) -> None:
    assert asked(**fields) is None


def test_what_is_wanted_is_written_down() -> None:
    assert asked(metadata={"enhancement_model": "qwen_base", "enhancement_type": "cinematic"}) == {
        "requested": True,
        "status": "pending",
        "model": "qwen_base",
        "style": "cinematic",
        "one_turn": False,
        "language": "en",
    }


@pytest.mark.parametrize("job_type", ["image7b_fast_enhanced", "video7b_high_enhanced", "chat_enhance"])
def test_types_whose_worker_enhances_need_no_wish_and_are_held_by_nobody(job_type: str) -> None:
    body = {"job_type": job_type, "prompt": "a red cat", "metadata": {"enhancement_type": "cinematic"}}
    wanted = enhancement.pending(QueueJobRequest.model_validate(body))
    assert wanted is not None
    assert (wanted["status"], wanted["style"]) == ("at_worker", "cinematic")
    assert not waiting.is_pending({"metadata": {"enhancement": wanted}})


def test_without_the_wish_its_details_are_the_client_s_own() -> None:
    """A job that asks for no enhancement is not refused for what it says of one."""
    body = {"job_type": "sdxl_image_fast", "prompt": "a", "metadata": {"enhancement_type": "mine", "language": "de"}}
    assert enhancement.pending(QueueJobRequest.model_validate(body)) is None


async def submit(doubles: Doubles, **fields: Any) -> httpx.Response:
    body = {"job_type": "sdxl_image_fast", "prompt": "a red cat", **fields}
    return await doubles.http.post("queue-job", json=body, headers=doubles.as_user)


@pytest.mark.parametrize("fields", [{"enhancement_type": "wild"}, {"enhancement_model": "gpt"}, {"language": "zh"}])
async def test_a_wish_that_cannot_be_met_is_refused(doubles: Doubles, fields: dict[str, Any]) -> None:
    answer = await submit(doubles, user_requested_enhancement=True, **fields)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert doubles.database.calls == []


async def test_a_client_cannot_hold_its_job_itself(doubles: Doubles) -> None:
    forged = {"enhancement": {"status": "pending", "model": "qwen_instruct"}}
    doubles.database.will_answer("submit_job", submitted())
    await submit(doubles, metadata=forged)
    ((_, arguments),) = doubles.database.calls
    assert arguments["p_hold_seconds"] is None
    assert "enhancement" not in arguments["p_job"]["metadata"]


async def test_the_enhanced_job_is_pushed(doubles: Doubles) -> None:
    held = job_row(metadata={"model_variant": "sdxl_shapes", "enhancement": asked()})
    done = held | {"enhanced_prompt": "a red cat, soft light"}
    doubles.database.will_answer("submit_job", submitted(held, handouts=[]))
    doubles.database.will_answer("plan_enhancement", PLANNED)
    doubles.database.will_answer("enhance_job", {"outcome": "settled", "job": done, "handouts": [handout(done)]})
    await submit(doubles, **ASKED)
    await doubles.clients.settle()
    (element,) = doubles.queue.lists["sdxl_queue"]
    assert json.loads(element)["prompt"] == "a red cat, soft light"


async def test_a_model_has_less_time_than_the_hold_lasts(doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    async def enhance(_: str, __: ChatRequest, seconds: float) -> EnhanceReply:
        given.append(seconds)
        raise WorkerTimeout(seconds)

    monkeypatch.setattr(doubles.workers, "enhance", enhance)
    held = job_row(metadata={"model_variant": "sdxl_shapes", "enhancement": asked()})
    doubles.database.will_answer("submit_job", submitted(held, handouts=[]))
    doubles.database.will_answer("plan_enhancement", PLANNED | {"worker": {"url": "u"}, "template": TEMPLATE})
    doubles.database.will_answer("enhance_job", {"outcome": "over", "job": held, "handouts": []})
    await submit(doubles, **ASKED)
    await doubles.clients.settle()
    hold = doubles.database.calls[0][1]["p_hold_seconds"]
    assert given == [6.0]
    assert hold == 8


async def test_a_failure_behind_the_answer_is_nobody_s_failure(doubles: Doubles) -> None:
    """The hold ends by itself."""
    held = job_row(metadata={"model_variant": "sdxl_shapes", "enhancement": asked()})
    doubles.database.will_answer("submit_job", submitted(held, handouts=[]))
    doubles.database.will_answer("plan_enhancement", RuntimeError("a defect"))
    assert (await submit(doubles, **ASKED)).status_code == 200
    await doubles.clients.settle()
    assert [function for function, _ in doubles.database.calls] == ["submit_job", "plan_enhancement"]
