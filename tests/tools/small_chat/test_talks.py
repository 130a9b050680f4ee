"""What the demo's language model learns from."""

import random
from pathlib import Path

import pytest

from tools.shapes.world import COLOR_NAMES, SHAPES, held_out
from tools.small_chat.talks import READERS, Reader, Talks

ENHANCING: tuple[Reader, ...] = READERS[:3]


@pytest.fixture(scope="module")
def talks() -> Talks:
    return Talks(random.Random(1))


def test_the_same_seed_draws_the_same() -> None:
    first, second = (Talks(random.Random(3)).draw("sdxl", in_full=False) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("reader", ENHANCING)
def test_a_better_prompt_keeps_the_colour_and_the_shape_that_were_asked_for(talks: Talks, reader: Reader) -> None:
    found = 0
    for _ in range(100):
        talk = talks.draw(reader, in_full=False)
        said = talk.turns[-1].content
        for color in COLOR_NAMES:
            for shape in SHAPES:
                if f"{color} {shape}" in said:
                    found += 1
                    assert f"{color} {shape}" in talk.answer.lower()
    assert found > 50


def test_no_held_out_scene_is_drawn(talks: Talks) -> None:
    forbidden = {entry.scene for entry in held_out()}
    assert forbidden.isdisjoint(map(tuple, talks._scenes))


def test_the_instructions_are_those_that_a_project_starts_with(talks: Talks) -> None:
    """Another wording in the migration is another model to train."""
    root = Path(__file__).parents[3]
    migration = (root / "supabase/migrations/20261121001515_prompt_texts.sql").read_text()
    # SQL doubles an apostrophe and puts texts of several lines between them.
    words = " ".join(migration.replace("''", "\0").replace("'", "").replace("\0", "'").split())
    for reader in READERS:
        for text in talks._instructions[reader]:
            for sentence in text.replace("\n", " ").split(". "):
                assert " ".join(sentence.rstrip(".").split()) in words, sentence
