"""What the demo asks for."""

import pytest

from devstack.demo.jobs import JOBS, Job
from functions.queue_job.schema import QueueJobRequest


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a red star on a blue background", "red star on blue"),
        ("a yellow circle on a purple background on the left", "yellow circle on purple, left"),
        ("an orange cross on a green background at the top", "orange cross on green, top"),
        ("a banana and an ant", "banana and ant"),
    ],
)
def test_a_name_is_the_prompt_in_few_words(prompt: str, name: str) -> None:
    assert Job("", prompt, seed=1).name == name


def test_a_batch_is_labelled_with_its_number() -> None:
    assert Job("", "a red star", seed=1, num_images=3).label == "red star x 3"
    assert Job("", "a red star", seed=1).label == "red star"


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_queue_job_reads_every_field_that_a_job_names(job: Job) -> None:
    request = QueueJobRequest.model_validate(job.body)
    assert {name: getattr(request, name) for name in job.body} == job.body


def test_the_jobs_show_different_things() -> None:
    assert len({job.shows for job in JOBS}) == len(JOBS)
    assert {job.job_type for job in JOBS} == {"sdxl_image_fast", "sdxl_image_high", "video_fast"}
    assert any(job.reference for job in JOBS)
    assert 3 in {job.num_images for job in JOBS}
    assert {"aspect_ratio", "negative_prompt", "compel_weights"} <= {name for job in JOBS for name in job.options}


def test_no_two_jobs_ask_for_the_same_picture() -> None:
    pictures = [(job.prompt, job.seed + index) for job in JOBS for index in range(job.num_images)]
    assert len(set(pictures)) == len(pictures)
