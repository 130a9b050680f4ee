"""What the demo's user may do with the official client."""

import io

import pytest
from PIL import Image
from storage3.exceptions import StorageApiError
from supabase_functions.errors import FunctionsHttpError

from devstack.demo.jobs import Job
from devstack.demo.user import Submission, User, signed_up
from tests.fixtures.live import Live

JOB = Job("few steps", "a green ring", seed=11, options={"steps": 2})


@pytest.fixture
def finished(user: User) -> Submission:
    submission = user.submit(JOB)
    while not user.rows([submission])[0].has_ended:
        pass
    return submission


def test_a_submission_names_its_job_and_the_time_of_its_call(user: User) -> None:
    submission = user.submit(JOB)
    assert user.rows([submission])[0].id == submission.job_id
    assert submission.seconds > 0


def test_a_refused_job_is_an_error_that_says_why(user: User) -> None:
    with pytest.raises(FunctionsHttpError, match="num_images"):
        user.submit(Job("two", "a green ring", seed=7, num_images=2))


def test_rows_come_in_the_order_of_the_submissions(user: User) -> None:
    submissions = [user.submit(JOB) for _ in range(4)][::-1]
    assert [row.id for row in user.rows(submissions)] == [submission.job_id for submission in submissions]


def test_an_asset_tells_what_was_really_used(user: User, finished: Submission) -> None:
    (asset,) = user.assets(finished.job_id)
    assert (asset.generation_seed, asset.generation_settings["steps"]) == (11, 2)
    with Image.open(io.BytesIO(user.file(asset.temp_storage_path))) as image:
        assert image.size == (asset.width, asset.height)


def test_another_user_s_file_is_not_to_be_had(live: Live, user: User, finished: Submission) -> None:
    (asset,) = user.assets(finished.job_id)
    with signed_up(live.project) as stranger:
        assert stranger.assets(finished.job_id) == []
        with pytest.raises(StorageApiError, match="not found"):
            stranger.file(asset.temp_storage_path)
