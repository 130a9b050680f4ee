import pytest

from shared.content_policy.inflection import plurals, verb_forms


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("lamp", ["lamp", "lamps", "lampz"]),
        ("lens", ["lens", "lenss", "lensz", "lenses"]),
        ("torch", ["torch", "torchs", "torchz", "torches"]),
        ("ferry", ["ferry", "ferrys", "ferryz", "ferries"]),
        ("灯", ["灯"]),
        ("{age}", ["{age}"]),
        ("18", ["18"]),
    ],
)
def test_a_word_has_its_plurals(word: str, expected: list[str]) -> None:
    assert plurals(word) == expected


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("paint", {"paint", "paints", "painted", "painting", "paintin", "painter", "painters"}),
        ("dive", {"dive", "dives", "dived", "diving", "divin", "diver", "divers"}),
        ("fish", {"fish", "fishes", "fished", "fishing", "fishin", "fisher", "fishers"}),
    ],
)
def test_a_verb_has_its_forms(verb: str, forms: set[str]) -> None:
    assert forms <= set(verb_forms(verb))
