"""The bounds are the contract's."""

from shared import bounds


def test_the_largest_size_is_a_megapixel_and_a_half() -> None:
    assert bounds.PIXEL_LIMIT == 1.5 * 2**20


def test_seeds_fit_a_signed_32_bit_integer() -> None:
    assert bounds.SEED_LIMIT - 1 == 2**31 - 1


def test_the_numbers_are_the_contract_s() -> None:
    assert (bounds.PROMPT_CHARACTERS, bounds.STEPS, bounds.GUIDANCE_SCALE) == (1000, (1, 50), (1, 20))
    assert (bounds.REFERENCE_BYTES, bounds.REFERENCE_PIXELS) == (10 * 2**20, 40_000_000)
