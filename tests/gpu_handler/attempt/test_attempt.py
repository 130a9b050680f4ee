"""One attempt over the doubles; over HTTP it is in ``test_worker.py``."""

import time
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any, Self

import pytest

from gpu_handler.attempt.attempt import Attempt
from gpu_handler.attempt.heartbeat import Heartbeat
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import AttemptOver, MemoryJobCallback
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References
from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable
from gpu_handler.storage import MemoryObjectStorage, StorageRefused
from shared.job_types import JOB_TYPES
from shared.messages import ClaimReply, EndReport, JobOrder
from tests.fixtures.equipment import equipment
from tests.fixtures.orders import PROMPT, granted, job_order


class Bench:
    """An attempt's surroundings, and its last word."""

    def __init__(self) -> None:
        self.callback = MemoryJobCallback()
        self.storage = MemoryObjectStorage()
        self.generator = FakeGenerator()
        self.steps = 0

    def attempt(self, claim: ClaimReply) -> Attempt:
        self.current = Attempt(claim, equipment("worker-1", self.callback, self.storage, self), Event())
        return self.current

    def run(self, order: JobOrder, **options: Any) -> Outcome:
        return self.attempt(granted(order, **options)).run()

    def get(self, family: str) -> FakeGenerator | None:
        """The mapping of generators that an attempt sees."""
        return self.generator if family == "sdxl" else None

    @property
    def end(self) -> EndReport:
        return self.callback.ends[-1]

    def during(self, step: int, action: Callable[[], object], index: int = 0) -> None:
        """Do something in one step of one output."""
        bench = self

        class Acting(FakeGenerator):
            def generate(self, order: JobOrder, made: int, references: References, on_step: OnStep) -> Generated:
                def acting(done: int, total: int) -> None:
                    bench.steps += 1
                    if (made, done) == (index, step):
                        action()
                    on_step(done, total)

                return super().generate(order, made, references, acting)

        self.generator = Acting()

    def wait_for_interruption(self) -> None:
        assert self.current._interruption.event.wait(10)

    def wait_for_told_output(self) -> None:
        while not any(report.outputs for report in self.callback.reports):
            time.sleep(0.005)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def raising(error: Exception) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


def test_every_output_is_generated_delivered_and_named(bench: Bench) -> None:
    order = job_order(num_images=3)
    claim = granted(order)

    assert bench.attempt(claim).run() is Outcome.COMPLETED

    assert set(bench.storage.objects) == {upload.path for upload in claim.uploads}
    assert (bench.end.job_id, bench.end.status) == (order.id, "completed")
    assert [asset.metadata["seed"] for asset in bench.end.assets] == [7, 8, 9]
    assert [asset.url for asset in bench.end.assets] == [u.path for u in claim.uploads if u.role == "asset"]
    assert [asset.thumbnail_url for asset in bench.end.assets] == [
        u.path for u in claim.uploads if u.role == "thumbnail"
    ]


def test_the_end_tells_how_the_job_was_made(bench: Bench) -> None:
    bench.run(job_order(num_images=3))

    assert bench.end.metadata["num_images"] == 3
    assert bench.end.metadata["worker_id"] == "worker-1"
    assert set(bench.end.metadata["stage_seconds"]) == {"load", "generate", "classify", "upload", "upload_wait"}


def test_only_missing_outputs_are_generated(bench: Bench) -> None:
    claim = granted(job_order(num_images=3), attempt=2, done=(0, 2))

    assert bench.attempt(claim).run() is Outcome.COMPLETED

    assert {path for path in bench.storage.objects if path.endswith(".png")} == {claim.uploads[0].path}
    assert [asset.url.rsplit("/")[-1] for asset in bench.end.assets] == ["1-0.png", "2-1.png", "1-2.png"]
    assert bench.end.assets[1].metadata["seed"] == 8


def test_an_attempt_with_nothing_missing_completes_without_a_model(bench: Bench) -> None:
    assert bench.run(job_order(num_images=3), attempt=2, done=(0, 1, 2)) is Outcome.COMPLETED

    assert len(bench.end.assets) == 3
    assert bench.generator.loads == 0


def test_an_output_is_the_same_whatever_was_made_before(bench: Bench) -> None:
    order = job_order(num_images=3)
    bench.run(order)
    whole = dict(bench.storage.objects)
    bench.storage.objects.clear()
    bench.callback.ends.clear()

    bench.run(order, done=(0, 1))

    made_again = {path: data for path, data in bench.storage.objects.items() if path.endswith("1-2.png")}
    assert made_again.items() <= whole.items()
    assert len(made_again) == 1


def test_progress_counts_what_was_done_before(bench: Bench) -> None:
    bench.generator.step_seconds = 0.2
    bench.run(job_order(num_images=3), attempt=2, done=(0, 1))

    generating = [report.progress for report in bench.callback.reports if report.stage == "generating"]
    assert generating
    assert min(generating) > 2 / 3


def test_a_cancellation_stops_within_one_step(bench: Bench) -> None:
    bench.callback.cancelled = True
    bench.during(1, bench.wait_for_interruption)

    assert bench.run(job_order(steps=40)) is Outcome.CANCELLED

    assert (bench.end.status, bench.end.error_code, bench.end.retryable) == ("cancelled", "cancelled", False)
    assert bench.steps == 1


def test_a_superseded_attempt_stops_and_says_nothing(bench: Bench) -> None:
    bench.callback.troubles.append(AttemptOver("HTTP 409"))
    bench.during(1, bench.wait_for_interruption)

    assert bench.run(job_order(steps=40)) is Outcome.SUPERSEDED

    assert bench.callback.ends == []
    assert bench.steps == 1


def test_a_generator_that_hangs_silences_the_heartbeat(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the lease ends and another worker gets the job."""
    beats: list[Heartbeat] = []

    class Watched(Heartbeat):
        def __enter__(self) -> Self:
            beats.append(self)
            return super().__enter__()

    hurried = replace(JOB_TYPES["sdxl_image_fast"], stall_seconds=1)
    monkeypatch.setattr("gpu_handler.attempt.attempt.job_type", lambda _: hurried)
    monkeypatch.setattr("gpu_handler.attempt.attempt.Heartbeat", Watched)

    def hang() -> None:
        deadline = time.monotonic() + 10
        while beats[0]._pulse.due_at() is not None:
            assert time.monotonic() < deadline
            time.sleep(0.005)

    bench.during(2, hang)

    assert bench.run(job_order()) is Outcome.COMPLETED


def test_an_attempt_handed_back_reports_at_once_and_stops(bench: Bench) -> None:
    reported: list[EndReport] = []

    def hand_back() -> None:
        bench.current.hand_back()
        reported.extend(bench.callback.ends)

    bench.during(3, hand_back)

    assert bench.run(job_order(steps=40)) is Outcome.PREEMPTED

    assert reported == bench.callback.ends
    assert (bench.end.status, bench.end.error_code, bench.end.retryable) == ("failed", "preempted", True)
    assert bench.steps == 3


def test_outputs_delivered_before_a_hand_back_are_named_in_it(bench: Bench) -> None:
    def hand_back() -> None:
        bench.wait_for_told_output()
        bench.current.hand_back()

    bench.during(2, hand_back, index=1)

    bench.run(job_order(num_images=3))

    assert [asset.metadata["asset_index"] for asset in bench.end.assets] == [0]


def test_a_hand_back_after_the_end_changes_nothing(bench: Bench) -> None:
    bench.run(job_order())

    bench.current.hand_back()

    assert [report.status for report in bench.callback.ends] == ["completed"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "out_of_memory"),
        (RuntimeError(f"no kernel for {PROMPT} in /srv/weights"), "generation_failed"),
    ],
)
def test_a_failing_generator_is_reported_by_class(bench: Bench, error: Exception, code: str) -> None:
    bench.during(2, raising(error))

    assert bench.run(job_order()) is Outcome.FAILED

    assert (bench.end.error_code, bench.end.retryable) == (code, True)
    assert PROMPT not in bench.end.error_message
    assert "/srv" not in bench.end.error_message


def test_a_failure_is_logged_with_its_traceback_and_without_the_prompt(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.during(2, raising(RuntimeError(f"no kernel for {PROMPT}")))

    bench.run(job_order())

    assert "RuntimeError: no kernel for [prompt]" in caplog.text
    assert PROMPT not in caplog.text


def test_outputs_finished_before_a_failure_are_kept(bench: Bench) -> None:
    bench.during(1, raising(MemoryError()), index=2)

    bench.run(job_order(num_images=3))

    assert [asset.metadata["asset_index"] for asset in bench.end.assets] == [0, 1]


@pytest.mark.parametrize(
    ("error", "code"),
    [(StorageRefused("HTTP 403"), "storage"), (Unreachable("ConnectError", retry_after=3600), "network")],
)
def test_a_failing_upload_is_reported_by_class(bench: Bench, error: Exception, code: str) -> None:
    bench.storage.troubles.append(error)

    assert bench.run(job_order()) is Outcome.FAILED

    assert (bench.end.error_code, bench.end.retryable, bench.end.assets) == (code, True, [])


def test_a_failing_upload_ends_the_attempt_before_the_last_output(bench: Bench) -> None:
    bench.storage.troubles.append(StorageRefused("HTTP 403"))
    bench.generator.step_seconds = 0.05

    bench.run(job_order(num_images=6, steps=1))

    assert bench.end.error_code == "storage"
    assert len(bench.storage.objects) < 2 * 5


def test_an_output_over_the_byte_limit_is_bad_input(bench: Bench) -> None:
    claim = granted(job_order())
    small = [upload.model_copy(update={"byte_limit": 10}) for upload in claim.uploads]

    bench.attempt(claim.model_copy(update={"uploads": small})).run()

    assert (bench.end.error_code, bench.end.retryable) == ("bad_input", False)
    assert "allows 10" in bench.end.error_message


def test_an_output_without_a_thumbnail_to_deliver_is_complete(bench: Bench) -> None:
    claim = granted(job_order())
    assets = [upload for upload in claim.uploads if upload.role == "asset"]

    assert bench.attempt(claim.model_copy(update={"uploads": assets})).run() is Outcome.COMPLETED

    assert bench.end.assets[0].thumbnail_url is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"steps": 99}, "steps: "),
        ({"width": 100}, "width: "),
        ({"type": "oil_painting"}, "job type does not exist"),
        ({"prompt": ""}, "prompt: "),
    ],
)
def test_an_order_nobody_can_make_is_final(bench: Bench, change: dict[str, Any], complaint: str) -> None:
    """Q7: what is wrong with an order is reported, whatever it is, and no job is dropped in silence."""
    assert bench.run(job_order(**change)) is Outcome.FAILED

    assert (bench.end.error_code, bench.end.retryable) == ("bad_input", False)
    assert complaint in bench.end.error_message
    assert bench.generator.loads == 0


def test_another_model_never_takes_the_named_one_s_place(bench: Bench) -> None:
    bench.run(job_order(model_variant="sdxl_base_1_0"))

    assert (bench.end.error_code, bench.end.retryable) == ("model_loading", True)
    assert bench.storage.objects == {}


def test_a_type_without_a_generator_here_is_left_to_another_worker(bench: Bench) -> None:
    bench.run(job_order(type="video_fast"))

    assert (bench.end.error_code, bench.end.retryable) == ("model_loading", True)


def test_a_model_that_does_not_load_is_reported_as_that(bench: Bench) -> None:
    class Broken(FakeGenerator):
        def load(self) -> None:
            raise OSError("/srv/weights/unet is damaged")

    bench.generator = Broken()

    bench.run(job_order())

    assert (bench.end.error_code, bench.end.retryable) == ("model_loading", True)
    assert "/srv" not in bench.end.error_message


def test_outputs_are_told_to_the_heartbeat_as_they_come(bench: Bench) -> None:
    bench.generator.step_seconds = 0.25

    bench.run(job_order(num_images=3, steps=2))

    told = [output.index for report in bench.callback.reports for output in report.outputs]
    assert told[:1] == [0]
    assert len(told) == len(set(told))


def test_outputs_of_failed_reports_are_in_the_end_report(bench: Bench) -> None:
    bench.callback.troubles.extend([Unavailable("HTTP 503")] * 2)

    bench.run(job_order(num_images=3))

    assert [asset.metadata["asset_index"] for asset in bench.end.assets] == [0, 1, 2]


def test_the_warnings_of_all_outputs_are_told_once(bench: Bench) -> None:
    class Warned(FakeGenerator):
        def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
            made = super().generate(order, index, references, on_step)
            return replace(made, warnings=("No effect.",))

    bench.generator = Warned()

    bench.run(job_order(num_images=3))

    assert bench.end.metadata["warnings"] == ["No effect."]


def test_an_order_the_content_policy_refuses_ends_for_good_without_a_picture(bench: Bench) -> None:
    assert bench.run(job_order(prompt="nude schoolgirl")) == Outcome.FAILED

    assert bench.end.error_code == "content_policy"
    assert not bench.end.retryable
    assert bench.generator.loads == 0
    assert bench.storage.objects == {}
