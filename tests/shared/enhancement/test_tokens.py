"""Counting tokens and cutting at a limit."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import BPE

from shared.enhancement.tokens import count_tokens, cut, token_limit
from shared.job_types import Family

ROOT = Path(__file__).parents[3]
FAMILIES: tuple[Family, ...] = ("sdxl", "wan", "chat")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # OpenAI's notebook and transformers' documentation of CLIP.
        ("a diagram", [320, 22697]),
        ("a dog", [320, 1929]),
        ("a photo of a cat", [320, 1125, 539, 320, 2368]),
        # Hugging Face's blog on Stable Diffusion.
        ("a photograph of an astronaut riding a horse", [320, 8853, 539, 550, 18376, 6765, 320, 4558]),
        ("Hello world!", [3306, 1002, 256]),
    ],
)
def test_known_texts_have_clip_s_own_ids(text: str, ids: list[int]) -> None:
    from instant_clip_tokenizer import Tokenizer as Clip

    assert Clip().encode(text) == ids
    assert count_tokens(text, "sdxl") == len(ids)


@pytest.fixture(scope="module")
def real_clip() -> Tokenizer:
    """CLIP's tokenizer as the worker's libraries build it, for ASCII.

    The vocabulary lists the merges in order, each as what it makes: its halves are what the merges before it leave.
    Normaliser and splitting into words are those of the demo model's tokenizer, which transformers saved.
    """
    from instant_clip_tokenizer import Tokenizer as Clip

    decode: Callable[[list[int]], str] = Clip().decode
    vocabulary: dict[str, int] = {}
    for number in range(49406):
        text = decode([number])
        if text.isascii():
            vocabulary[text.replace(" ", "</w>")] = number
    ranks: dict[tuple[str, str], int] = {}
    for token, number in vocabulary.items():
        if number >= 512:
            *letters, last = token.removesuffix("</w>")
            parts = [*letters, last + ("</w>" if token.endswith("</w>") else "")]
            while len(parts) > 2:
                pairs = list(pairwise(parts))
                at = min(range(len(pairs)), key=lambda index: ranks.get(pairs[index], 10**9))
                parts[at : at + 2] = [parts[at] + parts[at + 1]]
            ranks[parts[0], parts[1]] = number
    tokenizer = Tokenizer.from_file(str(ROOT / "gpu_handler/models/sdxl_shapes/tokenizer/tokenizer.json"))
    tokenizer.model = BPE(vocab=vocabulary, merges=list(ranks), end_of_word_suffix="</w>")
    return tokenizer


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_any_ascii_text_costs_what_the_real_tokenizer_says(real_clip: Tokenizer, text: str) -> None:
    marks = ("<|startoftext|>", "<|endoftext|>")
    if not any(mark in text.lower() for mark in marks):
        ids = real_clip.encode(text, add_special_tokens=False).ids
        assert count_tokens(text, "sdxl") == len(ids)


def test_the_real_tokenizer_of_the_test_gives_the_known_ids(real_clip: Tokenizer) -> None:
    ids = real_clip.encode("a photograph of an astronaut riding a horse", add_special_tokens=False).ids
    assert ids == [320, 8853, 539, 550, 18376, 6765, 320, 4558]


def test_letters_in_two_parts_cost_what_they_cost_in_one() -> None:
    """CLIP's tokenizer composes them first (NFC)."""
    assert count_tokens("cafe\u0301", "sdxl") == count_tokens("caf\u00e9", "sdxl")


def test_the_limits_are_the_models() -> None:
    assert [token_limit(family) for family in FAMILIES] == [75, 511, 2048]


@pytest.mark.parametrize(
    ("text", "bound"),
    [("", 0), ("   ", 0), ("a", 2), ("the cat", 5), ("\u732b", 2), ("\U000130e0", 5), ("&lt;", 2), ("(x)", 4)],
)
def test_the_bound_of_wan_counts_what_a_piece_holds_at_least(text: str, bound: int) -> None:
    assert count_tokens(text, "wan") == bound


def test_a_sign_that_is_written_out_counts_as_what_is_read() -> None:
    """NFKC makes eighteen characters of this one."""
    assert count_tokens("\ufdfa", "wan") > 18


def test_the_bound_of_wan_lies_between_the_rule_of_thumb_and_the_characters() -> None:
    """The rule: English takes a model of many languages about one token for four characters, Chinese two for three."""
    english = (
        "A young woman in a red coat walks slowly along a wet street at night while neon signs flicker above her. "
    )
    chinese = "一位穿着红色外套的年轻女子在夜晚潮湿的街道上缓缓行走，霓虹灯在她头顶闪烁。"  # noqa: RUF001
    assert len(english) / 4 < count_tokens(english, "wan") < len(english) * 0.65
    assert len(chinese) * 2 / 3 < count_tokens(chinese, "wan") <= len(chinese) + 1


@pytest.mark.parametrize(("text", "bound"), [("", 0), ("abc", 3), ("猫", 3), ("e\u0301", 2)])
def test_the_bound_of_chat_is_its_bytes(text: str, bound: int) -> None:
    assert count_tokens(text, "chat") == bound


@given(st.text(max_size=2500), st.sampled_from(FAMILIES))
def test_a_cut_text_is_a_beginning_within_the_limit(text: str, family: Family) -> None:
    short = cut(text, family)
    assert text.strip().startswith(short)
    assert count_tokens(short, family) <= token_limit(family)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_fits_stays_as_it_is(family: Family) -> None:
    assert cut("  a cat, (red:1.2),  two  dogs, ", family) == "a cat, (red:1.2),  two  dogs,"


def test_tags_end_at_a_comma() -> None:
    short = cut("a red fox, snow falling, blue dusk, " * 20, "sdxl")
    assert short.endswith(("a red fox", "snow falling", "blue dusk"))
    assert count_tokens(short, "sdxl") > 65


def test_prose_ends_at_a_sentence() -> None:
    assert cut("The fox walks on, slowly. It looks back. " * 60, "wan").endswith(("slowly.", "back."))
    assert cut("狐狸慢慢地走着，回头看。" * 90, "wan").endswith("回头看。")  # noqa: RUF001


def test_a_number_s_point_ends_no_sentence() -> None:
    assert cut("x" * 400 + " 1.5 " + "y" * 400, "wan").endswith("1.5")


def test_a_text_without_commas_ends_at_a_word() -> None:
    words = "fox " * 200
    assert set(cut(words, "sdxl").split()) == {"fox"}


def test_a_weight_is_kept_or_left_out_whole() -> None:
    short = cut("a fox " * 30 + "(in the red snow, at night, under stars:1.3) " * 3, "sdxl")
    assert short.count("(") == short.count(")")


def test_a_word_longer_than_the_limit_is_cut_inside() -> None:
    assert 0 < len(cut("x" * 3000, "wan")) < 3000
