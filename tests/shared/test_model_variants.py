from dataclasses import FrozenInstanceError
from itertools import chain

import pytest

from shared.job_types import JOB_TYPES, Family
from shared.model_variants import MODEL_SETS

VARIANTS = list(chain.from_iterable(families.values() for families in MODEL_SETS.values()))
DRAWING = [variant for families in MODEL_SETS.values() for family, variant in families.items() if family != "chat"]


@pytest.mark.parametrize("family", ["sdxl", "wan", "chat"])
def test_what_every_set_serves(family: Family) -> None:
    assert {name for name, families in MODEL_SETS.items() if family in families} == set(MODEL_SETS)


def test_every_family_served_has_job_types() -> None:
    families = {job_type.family for job_type in JOB_TYPES.values()}

    assert families.issuperset(chain.from_iterable(MODEL_SETS.values()))


def test_a_demo_model_never_goes_by_the_name_of_a_real_one() -> None:
    demo = {variant.name for variant in MODEL_SETS["demo"].values()}
    real = {variant.name for variant in MODEL_SETS["default"].values()}

    assert not demo & real


def test_the_default_draws_at_the_size_of_its_job_types() -> None:
    for family, variant in MODEL_SETS["default"].items():
        sizes = {(each.width, each.height) for each in JOB_TYPES.values() if each.family == family}
        assert sizes == {(variant.width, variant.height)}


def test_real_sdxl_alone_is_given_an_automatic_negative_prompt() -> None:
    assert {variant.name for variant in DRAWING if variant.automatic_negatives} == {"sdxl_base_1_0", "lustify_sdxl"}


@pytest.mark.parametrize("variant", DRAWING, ids=lambda variant: variant.name)
def test_a_variants_size_fits_its_models_grid(variant: object) -> None:
    assert variant.width % 16 == variant.height % 16 == 0  # type: ignore[attr-defined]


def test_the_sets_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MODEL_SETS["default"] = {}  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        VARIANTS[0].name = "another"  # type: ignore[misc]
