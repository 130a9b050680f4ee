"""Whole attempts over HTTP: claim, heartbeat, PUTs and end, with the faults a network has."""

import logging
import threading
import time
from io import BytesIO

import httpx
import pytest
from PIL import Image

from gpu_handler.attempt.outcome import Outcome
from gpu_handler.callback import HttpJobCallback
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.generators.fake_writer import FakeWriter
from gpu_handler.intake import Ticket
from gpu_handler.storage import HttpObjectStorage
from gpu_handler.worker import Worker
from shared.messages import ClaimReply
from tests.fixtures.equipment import equipment
from tests.fixtures.job_site import JobSite, Trouble
from tests.fixtures.orders import PROMPT, job_order


@pytest.fixture
def generator() -> FakeGenerator:
    return FakeGenerator()


@pytest.fixture
def worker(client: httpx.Client, site: JobSite, generator: FakeGenerator) -> Worker:
    callback = HttpJobCallback(client, site.callback_url)
    return Worker(equipment("worker-1", callback, HttpObjectStorage(client), {"sdxl": generator}))


def ticket(claim: ClaimReply) -> Ticket:
    return Ticket(claim.job.id, "queue-token-secret")


def test_a_job_is_claimed_made_delivered_and_reported(site: JobSite, worker: Worker) -> None:
    claim = site.offer(job_order(num_images=3))

    assert worker.run(ticket(claim)) is Outcome.COMPLETED

    assert site.content_types == {upload.path: upload.content_type for upload in claim.uploads}
    (end,) = site.callback.ends
    assert [asset.url for asset in end.assets] == [path for path in site.objects if path.endswith(".png")]
    picture = Image.open(BytesIO(site.objects[end.assets[0].url]))
    assert picture.size == (64, 64)


def test_the_claim_carries_the_queue_token_and_all_else_the_attempt_s(site: JobSite, worker: Worker) -> None:
    claim = site.offer(job_order())

    worker.run(ticket(claim))

    assert site.bearers == {"queue-token-secret", claim.token}


def test_a_job_that_is_not_to_be_had_is_dropped(site: JobSite, worker: Worker) -> None:
    assert worker.run(Ticket(job_order().id, "t")) is Outcome.DROPPED
    assert site.callback.ends == []


def test_every_kind_of_passing_trouble_at_once_still_completes(site: JobSite, worker: Worker) -> None:
    claim = site.offer(job_order(num_images=3))
    site.troubles["claim"].extend([Trouble(503), Trouble(502, after=True)])
    site.troubles["processing"].extend([Trouble(500), Trouble(429, {"retry-after": "1"})])
    site.troubles["put"].extend([Trouble(500), Trouble(502, after=True), Trouble(504)])
    site.troubles["end"].extend([Trouble(503), Trouble(502, after=True)])

    assert worker.run(ticket(claim)) is Outcome.COMPLETED

    assert len(site.objects) == 6
    first, again = site.callback.ends
    assert first == again
    assert len(first.assets) == 3


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Outcome.UNREPORTED),
        (401, Outcome.SUPERSEDED),
        (403, Outcome.SUPERSEDED),
        (404, Outcome.SUPERSEDED),
        (409, Outcome.SUPERSEDED),
        (410, Outcome.SUPERSEDED),
        (422, Outcome.UNREPORTED),
    ],
)
def test_a_final_answer_to_the_end_is_not_argued_with(
    site: JobSite, worker: Worker, status: int, outcome: Outcome
) -> None:
    claim = site.offer(job_order())
    site.troubles["end"].append(Trouble(status))

    assert worker.run(ticket(claim)) is outcome

    assert site.calls["end"] == 1


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410])
def test_a_superseded_attempt_stops_and_reports_nothing(
    site: JobSite, worker: Worker, generator: FakeGenerator, status: int
) -> None:
    claim = site.offer(job_order(steps=50))
    generator.step_seconds = 0.02
    site.troubles["processing"].append(Trouble(status))

    assert worker.run(ticket(claim)) is Outcome.SUPERSEDED

    assert site.calls["end"] == 0
    assert site.objects == {}


def test_a_job_that_ended_meanwhile_is_dropped_by_its_worker(
    site: JobSite, worker: Worker, generator: FakeGenerator
) -> None:
    claim = site.offer(job_order(steps=50))
    generator.step_seconds = 0.02
    site.troubles["processing"].append(Trouble(200, body={"success": True, "skipped": True}))

    assert worker.run(ticket(claim)) is Outcome.SUPERSEDED


def test_a_cancelled_job_stops_and_says_so(site: JobSite, worker: Worker, generator: FakeGenerator) -> None:
    claim = site.offer(job_order(steps=50))
    generator.step_seconds = 0.02
    site.callback.cancelled = True

    assert worker.run(ticket(claim)) is Outcome.CANCELLED

    assert site.callback.ends[0].status == "cancelled"


def test_a_slow_upload_does_not_hold_up_the_next_output(
    site: JobSite, worker: Worker, generator: FakeGenerator
) -> None:
    claim = site.offer(job_order(num_images=3, steps=1))
    site.troubles["put"].append(Trouble(502, seconds=0.4))
    generated_by_first_put: list[int] = []
    generate = generator.generate

    def counting(*arguments: object) -> object:
        generated_by_first_put.append(len(site.objects))
        return generate(*arguments)  # type: ignore[arg-type]

    generator.generate = counting  # type: ignore[method-assign, assignment]

    assert worker.run(ticket(claim)) is Outcome.COMPLETED

    assert generated_by_first_put == [0, 0, 0]


def test_a_stopping_worker_hands_its_attempt_back_while_a_step_runs(
    site: JobSite, worker: Worker, generator: FakeGenerator
) -> None:
    claim = site.offer(job_order(steps=2))
    generator.step_seconds = 1.0
    running = threading.Thread(target=worker.run, args=(ticket(claim),))
    running.start()
    while not site.callback.reports:
        time.sleep(0.005)

    worker.stop()

    assert running.is_alive()
    assert [(end.status, end.error_code) for end in site.callback.ends] == [("failed", "preempted")]
    running.join()
    assert len(site.callback.ends) == 1


def test_a_worker_stopped_during_a_claim_hands_the_job_back(site: JobSite, worker: Worker) -> None:
    claim = site.offer(job_order())
    site.troubles["claim"].append(Trouble(200, body=claim.model_dump(mode="json"), seconds=0.3))
    outcomes: list[Outcome] = []
    running = threading.Thread(target=lambda: outcomes.append(worker.run(ticket(claim))))
    running.start()
    while not site.calls["claim"]:
        time.sleep(0.005)

    worker.stop()
    running.join()

    assert outcomes == [Outcome.PREEMPTED]
    assert site.callback.ends[0].error_code == "preempted"
    assert site.objects == {}


def test_a_stopped_worker_claims_nothing(site: JobSite, worker: Worker) -> None:
    claim = site.offer(job_order())
    worker.stop()

    assert worker.run(ticket(claim)) is Outcome.DROPPED

    assert site.calls["claim"] == 0


def test_stopping_an_idle_worker_reports_nothing(site: JobSite, worker: Worker) -> None:
    claim = site.offer(job_order())
    worker.run(ticket(claim))

    worker.stop()

    assert len(site.callback.ends) == 1


def test_only_the_asked_for_models_are_loaded(worker: Worker, generator: FakeGenerator) -> None:
    worker.load(["wan"])
    assert generator.loads == 0
    worker.load(["sdxl"])
    assert generator.loads == 1


def test_a_whole_attempt_logs_no_prompt_token_or_signed_url(
    site: JobSite, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    claim = site.offer(job_order(num_images=3))
    site.troubles["put"].append(Trouble(500))

    with caplog.at_level(logging.INFO):
        worker.run(ticket(claim))

    assert claim.job.id in caplog.text
    for secret in (PROMPT, claim.token, "queue-token-secret", "signed-url-secret"):
        assert secret not in caplog.text


@pytest.mark.parametrize(("families", "loads"), [(["sdxl"], 0), (["wan"], 1), (["chat"], 1)])
def test_the_language_model_is_loaded_for_chats_and_for_videos_whose_prompts_it_writes(
    client: httpx.Client, site: JobSite, families: list[str], loads: int
) -> None:
    writer = FakeWriter()
    callback = HttpJobCallback(client, site.callback_url)
    worker = Worker(equipment("worker-1", callback, HttpObjectStorage(client), {}, writer=writer))

    worker.load(families)

    assert writer.loads == loads
