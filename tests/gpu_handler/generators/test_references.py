import pytest

from gpu_handler.generators.references import names_reference, requires_reference
from tests.fixtures.orders import job_order

URL = "https://storage.test/a.png"


@pytest.mark.parametrize("name", ["reference_image_url", "referenceImageUrl", "start_reference_url", "reference_image"])
def test_a_reference_in_the_metadata_is_found(name: str) -> None:
    assert names_reference(job_order(metadata={name: URL}))


@pytest.mark.parametrize("name", ["image", "first_frame", "last_frame"])
def test_a_reference_in_the_config_is_found(name: str) -> None:
    assert names_reference(job_order(**{name: URL}))


@pytest.mark.parametrize("metadata", [{}, {"reference_image_url": None}, {"reference_image_url": ""}])
def test_an_empty_reference_is_none(metadata: dict[str, object]) -> None:
    assert not names_reference(job_order(metadata=metadata))


def test_a_reference_is_not_required_unless_the_order_says_so() -> None:
    assert not requires_reference(job_order(metadata={"reference_image_url": URL}))
    assert requires_reference(job_order(metadata={"reference_image_url": URL, "reference_required": True}))


def test_no_reference_can_be_required_where_none_is_named() -> None:
    assert not requires_reference(job_order(metadata={"reference_required": True}))
