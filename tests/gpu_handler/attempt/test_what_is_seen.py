"""What an attempt looks at: the pictures its order refers to, before it draws, and what it drew, before it uploads."""

from io import BytesIO
from threading import Event
from typing import Any

import pytest
from PIL import Image

from gpu_handler.attempt.attempt import Attempt
from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import MemoryJobCallback
from gpu_handler.classification import FixedClassifier
from gpu_handler.fetching import PictureRefused
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.storage import MemoryObjectStorage
from shared.messages import EndReport, JobOrder
from tests.fixtures.equipment import equipment
from tests.fixtures.orders import granted, job_order

URL = "http://storage.test/storage/v1/object/sign/reference_images/a.png?token=t"


class OnePicture:
    """A fetcher that has this picture, or none."""

    def __init__(self, colour: str | None) -> None:
        self._colour = colour
        self.asked: list[tuple[str, str | None]] = []

    def fetch(self, url: str, *, trusted_origin: str | None, stop: Event) -> bytes:  # noqa: ARG002
        self.asked.append((url, trusted_origin))
        if self._colour is None:
            raise PictureRefused("The reference picture could not be fetched (HTTP 404).")
        buffer = BytesIO()
        Image.new("RGB", (32, 32), self._colour).save(buffer, "PNG")
        return buffer.getvalue()


class Bench:
    def __init__(self) -> None:
        self.callback = MemoryJobCallback()
        self.storage = MemoryObjectStorage()
        self.fetcher: Any = OnePicture("red")
        self.classifier = FixedClassifier(0.1)
        self.generator = FakeGenerator()

    def run(self, order: JobOrder, references: dict[str, str] | None = None) -> Outcome:
        generators = {"sdxl": self.generator}
        tools = equipment(
            "w", self.callback, self.storage, generators, fetcher=self.fetcher, classifier=self.classifier
        )
        claim = granted(order).model_copy(update={"references": references or {}})
        return Attempt(claim, tools, Event()).run()

    @property
    def end(self) -> EndReport:
        return self.callback.ends[-1]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_picture_of_the_claim_is_drawn_from(bench: Bench) -> None:
    assert bench.run(job_order(), {"reference": URL}) is Outcome.COMPLETED

    told = bench.end.assets[0].metadata
    assert told["reference_used"] is True
    assert told["references"]["reference"]["width"] == 32
    assert "references" in bench.end.metadata["stage_seconds"]


def test_our_own_storage_is_where_the_outputs_go(bench: Bench) -> None:
    bench.run(job_order(num_images=3), {"reference": URL})

    assert bench.fetcher.asked == [(URL, "http://storage.test")]


def test_another_picture_gives_another_output(bench: Bench) -> None:
    files = []
    for colour in ("red", "blue"):
        bench.fetcher = OnePicture(colour)
        bench.run(job_order(id="8d7dd8b1-6fd0-4a5c-9f5f-5a5b5a5b5a5b"), {"reference": URL})
        files.append(next(data for path, data in bench.storage.objects.items() if path.endswith(".png")))
        bench.storage.objects.clear()

    assert files[0] != files[1]


def test_a_picture_that_is_gone_is_a_warning_and_the_job_goes_on(bench: Bench) -> None:
    bench.fetcher = OnePicture(None)

    assert bench.run(job_order(), {"reference": URL}) is Outcome.COMPLETED
    assert bench.end.assets[0].metadata["references_unused"] == {
        "reference": "The reference picture could not be fetched (HTTP 404)."
    }


def test_a_required_picture_that_is_gone_ends_the_job_for_good(bench: Bench) -> None:
    bench.fetcher = OnePicture(None)

    assert bench.run(job_order(metadata={"reference_required": True}), {"reference": URL}) is Outcome.FAILED
    assert (bench.end.error_code, bench.end.retryable) == ("bad_input", False)
    assert bench.end.error_message is not None
    assert "HTTP 404" in bench.end.error_message
    assert bench.storage.objects == {}


def test_what_looks_explicit_in_sfw_is_refused_and_never_uploaded(bench: Bench) -> None:
    bench.classifier = FixedClassifier(0.93)

    assert bench.run(job_order()) is Outcome.FAILED
    assert (bench.end.error_code, bench.end.retryable) == ("content_policy", False)
    assert bench.storage.objects == {}


def test_one_refused_picture_of_a_batch_ends_the_job(bench: Bench) -> None:
    bench.classifier = FixedClassifier(0.1, 0.93)

    assert bench.run(job_order(num_images=3)) is Outcome.FAILED
    assert bench.end.error_code == "content_policy"
    assert len(bench.classifier.seen) == 2


def test_the_score_is_told(bench: Bench) -> None:
    bench.run(job_order())

    assert bench.end.assets[0].metadata["nudity_score"] == 0.1


def test_in_nsfw_nothing_is_looked_at(bench: Bench) -> None:
    bench.classifier = FixedClassifier(0.99)

    assert bench.run(job_order(content_mode="nsfw")) is Outcome.COMPLETED
    assert bench.classifier.seen == []
    assert "nudity_score" not in bench.end.assets[0].metadata
