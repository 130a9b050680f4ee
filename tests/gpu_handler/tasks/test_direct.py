import base64
import threading
from io import BytesIO

import pytest
from PIL import Image

from gpu_handler.callback import MemoryJobCallback
from gpu_handler.classification import FixedClassifier
from gpu_handler.fetching import PictureFetcher
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.generators.fake_writer import FakeWriter
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References
from gpu_handler.generators.wan.generator import WanGenerator
from gpu_handler.intake import Ticket
from gpu_handler.storage import MemoryObjectStorage
from gpu_handler.tasks import direct
from gpu_handler.tasks.direct import CallbackJob, InlineJob, InlineText
from gpu_handler.worker import Worker
from shared.messages import JobOrder
from tests.fixtures.equipment import equipment
from tests.fixtures.orders import PROMPT, chat_order, granted, job_order


def inline(order: JobOrder, generator: FakeGenerator | None = None) -> InlineJob:
    return InlineJob(order, generator or FakeGenerator(), "worker-1", PictureFetcher(()), FixedClassifier(0.0))


def test_every_output_is_in_the_reply() -> None:
    reply = inline(job_order(num_images=3)).run()

    assert [image["index"] for image in reply["images"]] == [0, 1, 2]
    assert [image["metadata"]["seed"] for image in reply["images"]] == [7, 8, 9]
    assert reply["metadata"]["num_images"] == 3
    assert reply["metadata"]["worker_id"] == "worker-1"


def test_pictures_and_thumbnails_are_base64() -> None:
    (image,) = inline(job_order()).run()["images"]

    assert image["content_type"] == "image/png"
    assert Image.open(BytesIO(base64.b64decode(image["data"]))).format == "PNG"
    assert Image.open(BytesIO(base64.b64decode(image["thumbnail"]))).format == "WEBP"


def test_an_answer_is_in_the_reply_as_text() -> None:
    reply = InlineText(chat_order(), FakeWriter(), "worker-1").run()

    assert reply["text"] == "It is said."
    assert (reply["metadata"]["seed"], reply["metadata"]["finish_reason"]) == (7, "stop")


def test_an_answer_that_the_policy_refuses_is_not_in_the_reply() -> None:
    reply = InlineText(chat_order(), FakeWriter("explicit hardcore porn"), "worker-1").run()

    assert (reply["error_code"], "text" in reply) == ("content_policy", False)


def test_an_answer_that_is_stopped_is_not_in_the_reply() -> None:
    job = InlineText(chat_order(), FakeWriter(), "worker-1")
    job.stop()

    assert set(job.run()) == {"error"}


def test_without_a_seed_one_is_drawn_and_told() -> None:
    order = job_order(config={"num_images": 3, "steps": 1})

    seeds = [image["metadata"]["seed"] for image in inline(order).run()["images"]]

    assert seeds == [seeds[0], seeds[0] + 1, seeds[0] + 2]


def test_an_order_nobody_can_make_is_answered_with_the_reason() -> None:
    generator = FakeGenerator()

    reply = inline(job_order(num_images=2), generator).run()

    assert reply == {
        "error": "num_images must be one of 1, 3, 6.",
        "error_code": "bad_input",
        "retryable": False,
    }
    assert generator.loads == 0


def test_a_failure_is_answered_without_its_inside(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(FakeGenerator):
        def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
            raise RuntimeError(f"no kernel for {order.prompt}, {index}, {references}, {on_step}")

    reply = inline(job_order(), Failing()).run()

    assert (reply["error_code"], reply["retryable"]) == ("generation_failed", True)
    assert PROMPT not in reply["error"]
    assert "no kernel for [prompt]" in caplog.text


def test_a_video_is_answered_as_one(wan: WanGenerator) -> None:
    order = job_order(type="video_fast", frames=5, steps=1, model_variant=wan.variant)
    reply = InlineJob(order, wan, "worker-1", PictureFetcher(()), FixedClassifier(0.0)).run()

    assert [video["content_type"] for video in reply["videos"]] == ["video/mp4"]
    assert reply["videos"][0]["metadata"]["frames"] == 5


def test_a_prompt_that_nobody_said_how_to_better_is_drawn_as_it_is_and_says_so() -> None:
    reply = inline(job_order(type="image7b_fast_enhanced")).run()

    assert reply["metadata"]["warnings"] == ["The prompt was not enhanced: the order does not say how."]
    assert len(reply["images"]) == 1


def test_a_picture_of_a_host_that_is_not_allowed_is_not_fetched_and_the_job_goes_on() -> None:
    reply = inline(job_order(metadata={"reference_image_url": "https://169.254.169.254/latest"})).run()

    told = reply["images"][0]["metadata"]
    assert told["references_unused"] == {"reference": "The reference picture's host is not allowed."}


def test_a_reply_that_runpod_would_not_carry_is_refused_before_more_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class Counting(FakeGenerator):
        def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
            made.append(index)
            return super().generate(order, index, references, on_step)

    one = len(inline(job_order()).run()["images"][0]["data"])
    monkeypatch.setattr(direct, "REPLY_LIMIT", one + 2000)

    reply = inline(job_order(num_images=6), Counting()).run()

    assert reply["error_code"] == "bad_input"
    assert "callback" in reply["error"]
    assert len(made) < 6


def test_a_stopped_job_ends_within_one_step() -> None:
    generator = FakeGenerator(step_seconds=0.05)
    job = inline(job_order(steps=50), generator)
    stopper = threading.Timer(0.1, job.stop)
    stopper.start()

    reply = job.run()

    stopper.join()
    assert "stopped" in reply["error"]


def test_a_job_with_a_callback_goes_the_way_of_a_queue() -> None:
    claim = granted(job_order())
    callback = MemoryJobCallback([claim])
    storage = MemoryObjectStorage()
    worker = Worker(equipment("w", callback, storage, {"sdxl": FakeGenerator()}))

    reply = CallbackJob(worker, Ticket(claim.job.id, "t")).run()

    assert reply == {"job_id": claim.job.id, "status": "completed"}
    assert len(storage.objects) == 2
    assert callback.ends[0].status == "completed"


def test_a_stopped_job_with_a_callback_is_not_even_claimed() -> None:
    claim = granted(job_order())
    callback = MemoryJobCallback([claim])
    worker = Worker(equipment("w", callback, MemoryObjectStorage(), {"sdxl": FakeGenerator()}))
    job = CallbackJob(worker, Ticket(claim.job.id, "t"))
    job.stop()

    assert job.run()["status"] == "dropped"
    assert callback.claims == []
