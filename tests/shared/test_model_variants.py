from dataclasses import FrozenInstanceError
from itertools import chain

import pytest

from shared.job_types import JOB_TYPES
from shared.model_variants import MODEL_SETS

VARIANTS = list(chain.from_iterable(families.values() for families in MODEL_SETS.values()))


def test_sdxl_is_served_under_every_set() -> None:
    assert {name for name, families in MODEL_SETS.items() if "sdxl" in families} == set(MODEL_SETS)


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


def test_only_the_demo_model_is_given_no_automatic_negative_prompt() -> None:
    assert {variant.name for variant in VARIANTS if not variant.automatic_negatives} == {"sdxl_shapes"}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_variants_size_fits_its_models_grid(variant: object) -> None:
    assert variant.width % 16 == variant.height % 16 == 0  # type: ignore[attr-defined]


def test_the_sets_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MODEL_SETS["default"] = {}  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        VARIANTS[0].name = "another"  # type: ignore[misc]
