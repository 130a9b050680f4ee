from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.paths import OutputPath, output_path, parse_output_path, thumbnail_path

USER = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
JOB = "0b7b9f52-58a6-4ee6-8fd6-6f0d1ae6a0c1"

uuids = st.uuids().map(str)
attempts = st.integers(min_value=1, max_value=9999)
indexes = st.integers(min_value=0, max_value=99)


def test_an_output_lies_under_its_user_and_job() -> None:
    assert output_path(USER, JOB, 2, 0, "png") == f"{USER}/{JOB}/2-0.png"


def test_a_thumbnail_lies_beside_its_output() -> None:
    assert thumbnail_path(USER, JOB, 2, 0) == f"{USER}/{JOB}/2-0.thumb.webp"


@given(uuids, uuids, attempts, indexes, st.sampled_from(["png", "mp4"]))
def test_an_output_path_is_taken_apart_again(user: str, job: str, attempt: int, index: int, extension: str) -> None:
    path = output_path(user, job, attempt, index, extension)

    assert parse_output_path(path) == OutputPath(user, job, attempt, index, is_thumbnail=False)


@given(uuids, uuids, attempts, indexes)
def test_a_thumbnail_path_is_taken_apart_again(user: str, job: str, attempt: int, index: int) -> None:
    path = thumbnail_path(user, job, attempt, index)

    assert parse_output_path(path) == OutputPath(user, job, attempt, index, is_thumbnail=True)


@given(uuids, uuids, attempts, attempts, indexes)
def test_two_attempts_never_share_a_path(user: str, job: str, first: int, second: int, index: int) -> None:
    same = output_path(user, job, first, index, "png") == output_path(user, job, second, index, "png")

    assert same == (first == second)


OTHER_SHAPES = {
    "nothing": "",
    "a bucket before it": f"workspace-temp/{USER}/{JOB}/1-0.png",
    "a slash before it": f"/{USER}/{JOB}/1-0.png",
    "a slash behind it": f"{USER}/{JOB}/1-0.png/",
    "a line break behind it": f"{USER}/{JOB}/1-0.png\n",
    "a way up": f"{USER}/../{JOB}/1-0.png",
    "a way up to another user": f"{USER}/{JOB}/../../{JOB}/{JOB}/1-0.png",
    "a way up, encoded": f"{USER}/%2e%2e/{JOB}/1-0.png",
    "two slashes": f"{USER}//{JOB}/1-0.png",
    "a backslash": f"{USER}\\{JOB}\\1-0.png",
    "a NUL": f"{USER}/{JOB}/1-0.png\0",
    "no job": f"{USER}/1-0.png",
    "a folder more": f"{USER}/{JOB}/1/1-0.png",
    "an id that is no UUID": f"me/{JOB}/1-0.png",
    "an id in capitals": f"{USER.upper()}/{JOB}/1-0.png",
    "an id in braces": f"{{{USER}}}/{JOB}/1-0.png",
    "attempt 0": f"{USER}/{JOB}/0-0.png",
    "a leading zero in the attempt": f"{USER}/{JOB}/01-0.png",
    "a leading zero in the index": f"{USER}/{JOB}/1-00.png",
    "no attempt": f"{USER}/{JOB}/0.png",
    "an index of three digits": f"{USER}/{JOB}/1-100.png",
    "a negative index": f"{USER}/{JOB}/1--1.png",
    "digits of another script": f"{USER}/{JOB}/1-\N{ARABIC-INDIC DIGIT THREE}.png",
    "another type": f"{USER}/{JOB}/1-0.svg",
    "no type": f"{USER}/{JOB}/1-0",
    "two types": f"{USER}/{JOB}/1-0.png.mp4",
    "a type in capitals": f"{USER}/{JOB}/1-0.PNG",
    "any character for a dot": f"{USER}/{JOB}/1-0.thumbXwebp",
    "a query": f"{USER}/{JOB}/1-0.png?token=x",
}


@pytest.mark.parametrize("shape", OTHER_SHAPES)
def test_any_other_shape_is_no_output_path(shape: str) -> None:
    assert parse_output_path(OTHER_SHAPES[shape]) is None


@given(st.text() | st.from_regex(r"[0-9a-f/.\-]{0,90}", fullmatch=True))
def test_a_path_is_taken_apart_only_if_it_is_written_so(path: str) -> None:
    parsed = parse_output_path(path)

    assert parsed is None or path in written(parsed)


@given(uuids, uuids, st.from_regex(r"\d{1,5}-\d{1,3}\.(png|mp4|thumb\.webp)", fullmatch=True))
def test_a_name_is_taken_apart_only_if_it_is_written_so(user: str, job: str, name: str) -> None:
    parsed = parse_output_path(f"{user}/{job}/{name}")

    assert parsed is None or f"{user}/{job}/{name}" in written(parsed)


def written(parsed: OutputPath) -> list[str]:
    place = (parsed.user_id, parsed.job_id, parsed.attempt, parsed.index)
    if parsed.is_thumbnail:
        return [thumbnail_path(*place)]
    return [output_path(*place, extension) for extension in ("png", "mp4")]


def test_the_ids_of_a_path_are_uuids() -> None:
    parsed = parse_output_path(output_path(USER, JOB, 1, 0, "png"))

    assert parsed is not None
    assert (str(UUID(parsed.user_id)), str(UUID(parsed.job_id))) == (USER, JOB)
