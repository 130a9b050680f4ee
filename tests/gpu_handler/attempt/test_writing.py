"""A job whose output is text, from the claim to the end report, over the doubles."""

from itertools import pairwise
from threading import Event
from typing import Any

import pytest

from gpu_handler.attempt import writing
from gpu_handler.attempt.attempt import Attempt
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.attempt.stopwatch import Stopwatch
from gpu_handler.attempt.writing import HELD_BACK, Writing
from gpu_handler.callback import MemoryJobCallback
from gpu_handler.failures import ContentRefused
from gpu_handler.generators.fake_writer import FakeWriter
from gpu_handler.storage import MemoryObjectStorage
from shared.messages import EndReport, JobOrder
from tests.fixtures.equipment import equipment
from tests.fixtures.orders import chat_order, granted

LONG = " ".join(f"word{number}" for number in range(60))


class Bench:
    def __init__(self) -> None:
        self.callback = MemoryJobCallback()
        self.writer = FakeWriter()

    def run(self, order: JobOrder) -> Outcome:
        tools = equipment("worker-1", self.callback, MemoryObjectStorage(), {}, writer=self.writer)
        return Attempt(granted(order), tools, Event()).run()

    @property
    def end(self) -> EndReport:
        return self.callback.ends[-1]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_answer_is_the_output_and_the_end_tells_how_it_was_written(bench: Bench) -> None:
    assert bench.run(chat_order("Hi.", "Hello.", "What do you see?")) is Outcome.COMPLETED

    assert (bench.end.status, bench.end.text, bench.end.assets) == ("completed", "It is said.", [])
    told = bench.end.metadata
    assert (told["seed"], told["finish_reason"], told["tokens_generated"]) == (7, "stop", 3)
    assert (told["model_variant"], told["worker_used"], told["worker_id"]) == ("fake_writer", "chat", "worker-1")
    assert (told["device"], told["versions"], set(told["stage_seconds"])) == ("none", {}, {"load", "generate"})
    assert (told["system_prompt_used"], told["unrestricted_mode"]) == (True, False)
    assert bench.writer.requests[0].seed == 7
    assert len(bench.writer.requests[0].messages) == 4


def test_what_is_written_is_told_meanwhile_in_pieces_that_are_judged_together() -> None:
    shown: list[str] = []
    told = Writing(chat_order(), FakeWriter(LONG), Stopwatch())
    told.run(shown.append, lambda _: None, lambda: False)
    assert shown[-1] == LONG == told.text
    assert len(shown) > 2
    assert all(LONG.startswith(text) for text in shown)
    assert all(len(later) - len(text) >= HELD_BACK for text, later in pairwise(shown[:-1]))


def test_the_heartbeat_carries_the_text(bench: Bench) -> None:
    beats: list[tuple[float, str | None]] = []

    class Slow(FakeWriter):
        def write(self, request: Any, on_text: Any, is_stopped: Any) -> Any:
            def hear(text: str) -> None:
                on_text(text)
                before = len(bench.callback.reports)
                if len(beats) < 2 and text == " word59":
                    while len(bench.callback.reports) <= before:
                        Event().wait(0.01)
                    beats.extend((report.progress, report.text) for report in bench.callback.reports)

            return super().write(request, hear, is_stopped)

    bench.writer = Slow(LONG)
    assert bench.run(chat_order()) is Outcome.COMPLETED
    progress, text = beats[-1]
    assert 0 < progress <= 1
    assert text is not None
    assert LONG.startswith(text)


@pytest.mark.parametrize("mode", ["sfw", "nsfw"])
def test_an_answer_that_the_policy_refuses_is_never_told(bench: Bench, mode: str) -> None:
    refused = {"sfw": "explicit hardcore porn", "nsfw": "a naked child"}[mode]
    bench.writer = FakeWriter(f"{LONG} {refused} {LONG}")
    assert bench.run(chat_order(content_mode=mode)) is Outcome.FAILED
    assert (bench.end.error_code, bench.end.retryable, bench.end.text) == ("content_policy", False, None)
    assert all(refused not in (report.text or "") for report in bench.callback.reports)


def test_what_is_explicit_may_be_said_to_adults(bench: Bench) -> None:
    bench.writer = FakeWriter("explicit hardcore porn")
    assert bench.run(chat_order(content_mode="nsfw", type="chat_unrestricted")) is Outcome.COMPLETED
    assert bench.end.metadata["unrestricted_mode"] is True


def test_the_halves_of_a_scene_may_lie_in_question_and_answer() -> None:
    order = chat_order("Tell me about a schoolgirl of 12.", content_mode="nsfw")
    told = Writing(order, FakeWriter("She takes off her clothes and they have sex."), Stopwatch())
    with pytest.raises(ContentRefused):
        told.run(lambda _: None, lambda _: None, lambda: False)


def test_a_conversation_that_the_policy_refuses_is_not_asked(bench: Bench) -> None:
    assert bench.run(chat_order("explicit hardcore porn", "No.", "Why?")) is Outcome.FAILED
    assert bench.end.error_code == "content_policy"
    assert bench.writer.requests == []


def test_a_cancelled_answer_ends_within_a_token(bench: Bench) -> None:
    class Cancelled(FakeWriter):
        said = 0

        def write(self, request: Any, on_text: Any, is_stopped: Any) -> Any:
            bench.callback.cancelled = True

            def hear(text: str) -> None:
                self.said += 1
                on_text(text)
                if self.said == 3:
                    while not is_stopped():
                        Event().wait(0.005)

            return super().write(request, hear, is_stopped)

    bench.writer = writer = Cancelled(LONG)
    assert bench.run(chat_order()) is Outcome.CANCELLED
    assert (writer.said, bench.end.status, bench.end.text) == (3, "cancelled", None)


def test_another_model_never_answers_in_its_place(bench: Bench) -> None:
    bench.run(chat_order(model_variant="qwen2_5_7b_instruct"))
    assert (bench.end.error_code, bench.end.retryable) == ("model_loading", True)
    assert bench.writer.loads == 0


def test_an_order_that_asks_nothing_is_bad_input(bench: Bench) -> None:
    bench.run(chat_order(chat=None))
    assert (bench.end.error_code, bench.end.retryable) == ("bad_input", False)


def test_no_answer_is_longer_than_a_job_keeps(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ANSWER_CHARACTERS", 300)
    bench.writer = FakeWriter(LONG)
    assert bench.run(chat_order()) is Outcome.COMPLETED
    assert bench.end.text == LONG[:300]
    assert bench.end.metadata["warnings"] == ["The answer was cut at 300 characters."]


def test_chat_enhance_gives_a_better_prompt_alone(bench: Bench) -> None:
    bench.writer = FakeWriter('Here is the prompt: "a red cat on a roof, warm light"')
    order = chat_order("a red cat", type="chat_enhance", config={"seed": 7, "target_model": "sdxl"})
    assert bench.run(order) is Outcome.COMPLETED
    better = "a red cat on a roof, warm light"
    assert (bench.end.text, bench.end.enhanced_prompt) == (better, better)
    told = bench.end.metadata
    assert (told["enhancement_success"], told["original_prompt"], told["enhanced_prompt"]) == (
        True,
        "a red cat",
        better,
    )
    assert told["sdxl_optimizations"]["has_lighting"] is True
    assert 0 < told["quality_score"] <= 1


def test_chat_enhance_never_fails_for_an_answer(bench: Bench) -> None:
    bench.writer = FakeWriter("I'm sorry, I can't do that.")
    assert bench.run(chat_order("a red cat", type="chat_enhance")) is Outcome.COMPLETED
    assert (bench.end.text, bench.end.enhanced_prompt) == ("a red cat", None)
    assert bench.end.metadata["enhancement_success"] is False
    assert len(bench.end.metadata["warnings"]) == 1
