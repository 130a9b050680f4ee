"""The types whose worker has its language model rewrite the prompt before it is drawn."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from gpu_handler.attempt.attempt import Attempt
from gpu_handler.attempt.enhancing import NOT_ASKED, enhance
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import MemoryJobCallback
from gpu_handler.failures import BadInput, ModelUnavailable
from gpu_handler.generators.chat.writer import ChatWriter
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.generators.fake_writer import FakeWriter
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References
from gpu_handler.storage import MemoryObjectStorage
from shared.messages import EndReport, JobOrder
from shared.model_variants import MODEL_SETS, ModelVariant
from tests.fixtures.chat import chat_request
from tests.fixtures.equipment import equipment
from tests.fixtures.orders import granted, job_order

PROMPT = "a red cat"
BETTER = "A red cat walks slowly over a roof in the evening light."
INSTRUCTIONS = "You write prompts for a model that makes films of five seconds from natural language."


def order(**changes: Any) -> JobOrder:
    chat = chat_request(PROMPT, system=INSTRUCTIONS, seed=None)
    return job_order(**{"type": "image7b_fast_enhanced", "prompt": PROMPT, "chat": chat} | changes)


class Drawing(FakeGenerator):
    """Of the family that is asked, and it keeps what it draws."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[str] = []

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
        self.drawn.append(order.prompt)
        return super().generate(order, index, references, on_step)


class Bench:
    def __init__(self) -> None:
        self.callback = MemoryJobCallback()
        self.generator = Drawing()
        self.writer: FakeWriter | None = FakeWriter(BETTER)

    def run(self, order: JobOrder, **options: Any) -> Outcome:
        generators: Any = {"wan": self.generator, "sdxl": self.generator}
        tools = equipment("worker-1", self.callback, MemoryObjectStorage(), generators, writer=self.writer)
        return Attempt(granted(order, **options), tools, Event()).run()

    @property
    def end(self) -> EndReport:
        return self.callback.ends[-1]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_better_prompt_is_drawn_and_told(bench: Bench) -> None:
    assert bench.run(order()) is Outcome.COMPLETED
    assert bench.generator.drawn == [BETTER]
    assert bench.end.enhanced_prompt == BETTER
    told = bench.end.metadata
    assert (told["original_prompt"], told["enhanced_prompt"]) == (PROMPT, BETTER)
    assert (told["enhancement_success"], told["enhancement_source"]) == (True, "worker_fallback")
    assert (told["enhancement_model"], told["enhancement_seed"]) == ("fake_writer", 7)
    assert told["enhancement_time"] >= 0
    assert 0 < told["quality_score"] <= 1
    assert "sdxl_optimizations" not in told
    assert told["token_count"] > 5
    assert "enhancing" in told["stage_seconds"]
    assert told["warnings"] == []


def test_every_attempt_draws_the_same_seed_for_it(bench: Bench) -> None:
    for _ in range(2):
        bench.run(order())
    assert bench.writer is not None
    assert [request.seed for request in bench.writer.requests] == [7, 7]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("I'm sorry, I can't help with that.", "it holds no prompt"),
        ("You write prompts for a model that makes films of a red cat", "it repeats its instructions"),
        ("explicit hardcore porn with a red cat", "it may not be drawn"),
    ],
)
def test_an_answer_that_cannot_be_used_leaves_the_original_and_a_warning(bench: Bench, answer: str, why: str) -> None:
    bench.writer = FakeWriter(answer)
    assert bench.run(order()) is Outcome.COMPLETED
    assert bench.generator.drawn == [PROMPT]
    assert bench.end.enhanced_prompt is None
    told = bench.end.metadata
    assert (told["enhancement_success"], told["enhancement_source"]) == (False, "emergency_fallback")
    assert "enhanced_prompt" not in told
    (warning,) = told["warnings"]
    assert why in warning


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (ModelUnavailable("no weights"), "could not be loaded"),
        (BadInput("too long"), "too long"),
        (RuntimeError(f"a crash over {PROMPT}"), "failed"),
    ],
)
def test_a_language_model_that_fails_fails_no_job(
    bench: Bench, failure: Exception, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """P8: and its words are not in the log."""
    assert bench.writer is not None
    bench.writer.failure = failure
    assert bench.run(order()) is Outcome.COMPLETED
    assert bench.generator.drawn == [PROMPT]
    assert why in bench.end.metadata["warnings"][0]
    assert PROMPT not in caplog.text


def test_a_worker_without_a_language_model_draws_the_original(bench: Bench) -> None:
    bench.writer = None
    assert bench.run(order()) is Outcome.COMPLETED
    assert bench.generator.drawn == [PROMPT]
    assert "could not be loaded" in bench.end.metadata["warnings"][0]


def test_an_order_that_does_not_say_how_is_drawn_as_it_is_with_a_warning(bench: Bench) -> None:
    assert bench.run(order(chat=None)) is Outcome.COMPLETED
    assert bench.generator.drawn == [PROMPT]
    assert bench.end.metadata["warnings"] == [NOT_ASKED]


def test_a_prompt_that_was_enhanced_before_needs_no_warning() -> None:
    before = order(chat=None, metadata={"original_prompt": "a cat"})
    assert enhance(before, None, lambda: False).warnings == ()


def test_other_types_ask_nobody(bench: Bench) -> None:
    assert bench.writer is not None
    assert bench.run(order(type="sdxl_image_fast")) is Outcome.COMPLETED
    assert bench.writer.requests == []
    assert bench.generator.drawn == [PROMPT]


def test_nothing_is_asked_where_all_is_drawn(bench: Bench) -> None:
    assert bench.writer is not None
    assert bench.run(order(), attempt=2, done=(0,)) is Outcome.COMPLETED
    assert bench.writer.requests == []


def test_a_cancellation_ends_it_before_anything_is_drawn(bench: Bench) -> None:
    class Cancelled(FakeWriter):
        def write(self, request: Any, on_text: Any, is_stopped: Any) -> Any:
            bench.callback.cancelled = True
            while not is_stopped():
                Event().wait(0.005)
            return super().write(request, on_text, is_stopped)

    bench.writer = Cancelled(BETTER)
    assert bench.run(order()) is Outcome.CANCELLED
    assert bench.generator.drawn == []
    assert any(report.stage == "enhancing" for report in bench.callback.reports)


def test_chinese_is_kept_where_it_was_asked_for() -> None:
    chinese = FakeWriter("一只红色的猫在傍晚柔和的光线中慢慢走过屋顶。")
    assert enhance(order(), chinese, lambda: False).prompt is None
    wanted = order(metadata={"language": "zh"})
    assert enhance(wanted, chinese, lambda: False).prompt == chinese.answer.rstrip("。") + "。"


def test_a_real_language_model_is_asked(chat_models: Path) -> None:
    writer = ChatWriter(ModelVariant("qwen2_random"), chat_models)
    made = enhance(order(), writer, lambda: False)
    again = enhance(order(), writer, lambda: False)
    assert made.metadata["enhancement_model"] == "qwen2_random"
    assert made.metadata["tokens_generated"] == again.metadata["tokens_generated"] > 0
    assert made.order.prompt == again.order.prompt
    assert writer.device != "not loaded"
    assert MODEL_SETS["demo"]["chat"].name


def test_a_prompt_that_an_earlier_attempt_wrote_and_drew_is_told(bench: Bench) -> None:
    """That one died between its upload and its end report."""
    claim = granted(order(), attempt=2, done=(0,))
    (output,) = claim.done
    drawn = output.model_copy(update={"metadata": {**output.metadata, "prompt": BETTER}})
    generators: Any = {"wan": bench.generator}
    tools = equipment("w", bench.callback, MemoryObjectStorage(), generators, writer=bench.writer)

    outcome = Attempt(claim.model_copy(update={"done": [drawn]}), tools, Event()).run()

    assert outcome is Outcome.COMPLETED
    assert bench.end.enhanced_prompt == BETTER
    assert bench.generator.drawn == []
