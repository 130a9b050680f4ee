import random

import pytest

from tools.shapes.captions import NOISE, draw_caption, noise, sentence
from tools.shapes.world import ATTRIBUTES, VALUES

RED_STAR_ON_BLUE_LEFT = (3, 0, 2, 1)
WORDS = ("star", "red", "blue", "left")


@pytest.fixture
def rng() -> random.Random:
    return random.Random(0)


def test_a_sentence_says_all(rng: random.Random) -> None:
    for _ in range(50):
        assert all(word in sentence(RED_STAR_ON_BLUE_LEFT, rng) for word in WORDS)


def test_a_scene_is_said_in_several_ways(rng: random.Random) -> None:
    assert len({sentence(RED_STAR_ON_BLUE_LEFT, rng) for _ in range(50)}) == 5


def test_a_caption_tells_what_it_names_and_nothing_else(rng: random.Random) -> None:
    for _ in range(500):
        caption = draw_caption(RED_STAR_ON_BLUE_LEFT, rng)
        assert caption.names == tuple(word in caption.text.replace(",", "").split() for word in WORDS), caption


def test_captions_name_all_something_or_nothing(rng: random.Random) -> None:
    named = {sum(draw_caption(RED_STAR_ON_BLUE_LEFT, rng).names) for _ in range(500)}

    assert named == {0, 1, 2, 4}


def test_noise_means_nothing_in_this_world() -> None:
    meaningful = {value for values in VALUES for value in values} | set(ATTRIBUTES) | {"middle"}

    assert meaningful.isdisjoint(NOISE)
    assert len(set(NOISE)) == len(NOISE)


def test_noise_has_as_many_words_as_asked_for(rng: random.Random) -> None:
    assert len(noise(60, rng).replace(",", "").split()) == 60


def test_articles_are_right(rng: random.Random) -> None:
    orange_star = (3, 5, 2, 0)

    assert not any("a orange" in draw_caption(orange_star, rng).text for _ in range(300))
