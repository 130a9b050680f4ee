from hypothesis import given
from hypothesis import strategies as st

from shared.paths import library_paths, output_path, thumbnail_path

USER = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
JOB = "0b7b9f52-58a6-4ee6-8fd6-6f0d1ae6a0c1"

uuids = st.uuids().map(str)
attempts = st.integers(min_value=1, max_value=9999)
indexes = st.integers(min_value=0, max_value=99)


def test_an_output_lies_under_its_user_and_job() -> None:
    assert output_path(USER, JOB, 2, 0, "png") == f"{USER}/{JOB}/2-0.png"


def test_a_thumbnail_lies_beside_its_output() -> None:
    assert thumbnail_path(USER, JOB, 2, 0) == f"{USER}/{JOB}/2-0.thumb.webp"


def test_a_library_asset_lies_under_its_user_with_its_thumbnail() -> None:
    assert library_paths(USER, JOB, "mp4") == (f"{USER}/{JOB}.mp4", f"{USER}/{JOB}.thumb.webp")


@given(uuids, uuids, attempts, attempts, indexes)
def test_two_attempts_never_share_a_path(user: str, job: str, first: int, second: int, index: int) -> None:
    same = output_path(user, job, first, index, "png") == output_path(user, job, second, index, "png")

    assert same == (first == second)
