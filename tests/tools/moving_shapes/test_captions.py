import random

from tools.moving_shapes.captions import draw_caption, sentence
from tools.moving_shapes.world import COLOR_NAMES, MOTIONS, SHAPES

_SCENE = (SHAPES.index("star"), COLOR_NAMES.index("orange"), COLOR_NAMES.index("black"), MOTIONS.index("left"))


def test_a_sentence_tells_all_attributes() -> None:
    for seed in range(30):
        text = sentence(_SCENE, random.Random(seed))
        assert "orange star" in text
        assert "black" in text
        assert "left" in text
        assert "a orange" not in text


def test_a_still_shape_may_go_without_saying() -> None:
    texts = {sentence((*_SCENE[:3], 0), random.Random(seed)) for seed in range(60)}

    assert "an orange star on a black background" in texts
    assert any("standing still" in text for text in texts)


def test_a_tenth_of_the_captions_is_empty_and_names_nothing() -> None:
    rng = random.Random(0)
    captions = [draw_caption(_SCENE, rng) for _ in range(1000)]
    empty = [caption for caption in captions if not caption.text]

    assert 60 < len(empty) < 140
    assert all(caption.names == (False,) * 4 for caption in empty)


def test_a_caption_contains_what_it_says_it_names() -> None:
    rng = random.Random(0)
    for _ in range(300):
        caption = draw_caption(_SCENE, rng)
        shape, color, background, motion = caption.names
        for named, word in ((shape, "star"), (color, "orange"), (background, "black"), (motion, "left")):
            assert not named or word in caption.text.lower()
