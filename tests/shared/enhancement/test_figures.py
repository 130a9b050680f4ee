"""Figures of an enhanced prompt: each follows from its words, and moves when they get worse."""

import pytest

from shared.enhancement.figures import figures

PROMPT = "a red cat"
GOOD = "a red cat on a roof, warm light, 85mm lens, finely detailed, 8k"
RICH = {
    "has_quality_tags": True,
    "has_lighting": True,
    "has_technical_terms": True,
    "has_resolution": True,
    "has_anatomical_accuracy": False,
}


def score(enhanced: str, prompt: str = PROMPT) -> float:
    measured = figures(prompt, enhanced, "sdxl").quality_score
    assert measured is not None
    return measured


def test_a_good_enhancement_has_the_full_score() -> None:
    assert score(GOOD) == 1.0


@pytest.mark.parametrize(
    "worse",
    [
        PROMPT,
        GOOD.replace("red cat", "house"),
        f"{GOOD}, warm light",
        GOOD.replace(",", ""),
        f"{GOOD}, rewrite the prompt",
        ", ".join([GOOD, *(f"stone number {number}" for number in range(40))]),
    ],
    ids=["nothing added", "subject lost", "repeated", "no phrases", "instructions", "too long"],
)
def test_whatever_is_wrong_costs_some_of_it(worse: str) -> None:
    assert 0 <= score(worse) < 1


def test_the_kinds_of_words_are_looked_for_and_the_tokens_counted() -> None:
    assert figures(PROMPT, GOOD, "sdxl").sdxl_optimizations == {**RICH, "token_count": 20}
    bare = figures(PROMPT, "a red cat in a light blue basket", "sdxl").sdxl_optimizations
    assert bare == {**dict.fromkeys(RICH, False), "token_count": 8}


def test_what_another_model_reads_has_no_figures_of_sdxl() -> None:
    film = figures(PROMPT, "A red cat walks slowly over a roof in the evening.", "wan")
    assert (film.quality_score, film.sdxl_optimizations) == (1.0, None)
    chat = figures(PROMPT, "Tell me about red cats.", "chat")
    assert (chat.quality_score, chat.sdxl_optimizations) == (None, None)
