"""Where a request may say a thing, and under which names."""

from typing import Any

import pytest

from functions.edge.spellings import found_in, job_type_name
from shared.job_types import ALIASES, JOB_TYPES

SPELLINGS = {"seed": (), "num_images": ("numImages",)}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, {}),
        ({"seed": 0}, {"seed": 0}),
        ({"numImages": 3}, {"num_images": 3}),
        ({"numImages": 3, "num_images": 1}, {"num_images": 1}),
        ({"metadata": {"seed": 2}, "config": {"seed": 3}}, {"seed": 2}),
        ({"seed": None, "config": {"seed": 3}}, {"seed": 3}),
        ({"seed": 1, "metadata": {"seed": 2}}, {"seed": 1}),
        ({"metadata": "no object", "config": ["nor this"], "other": 1}, {}),
    ],
)
def test_the_body_wins_over_its_metadata_and_that_over_its_config(body: dict[str, Any], found: dict[str, Any]) -> None:
    assert found_in(body, SPELLINGS) == found


@pytest.mark.parametrize("name", [*JOB_TYPES, *ALIASES])
def test_every_job_type_and_alias_is_known(name: str) -> None:
    assert job_type_name(name) == name


@pytest.mark.parametrize("name", ["sdxl", "", None, 7, ["video_fast"]])
def test_any_other_name_is_refused_and_all_are_named(name: Any) -> None:
    with pytest.raises(ValueError, match=r"^one of sdxl_image_fast, .*wan_video_high$"):
        job_type_name(name)
