import pytest

from shared.content_policy.matcher import lists_in
from shared.content_policy.rules import Rules, TermList, compile_rules


def rules(**lists: list[str]) -> Rules:
    return compile_rules(
        {TermList(name): {"terms": {"en": terms}} for name, terms in lists.items()}, {"person": ["woman"]}
    )


RULES = rules(
    explicit=["lamp", "oil lamp"],
    suggestive=["sail", "lamp post"],
    minors=["{age} mast", "deck", "small * boat"],
    public_figures=["ann deck", "ann sail lamp"],
    people_around=["my * captain"],
    harmless=["green lamp", "deck chair", "clamp"],
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("a quiet harbour", set()),
        ("a lamp", {"explicit"}),
        ("lamps", {"explicit"}),
        ("a lamp and a sail", {"explicit", "suggestive"}),
        ("12 mast", {"minors"}),
        ("21 mast", set()),
        ("small red boat", {"minors"}),
        ("small boat", set()),
        ("small bright red boat", set()),
        ("my captain", set()),
        ("my old captain", {"people_around"}),
        ("my lamp captain", {"people_around", "explicit"}),
        ("lampsail", {"explicit", "suggestive"}),
        ("lampwoman", {"explicit"}),
        ("womanlamp", {"explicit"}),
        ("lampmast", set()),
        ("clamp", {"harmless"}),
        ("lampx", set()),
    ],
)
def test_a_text_draws_from_the_lists_of_its_terms(text: str, expected: set[str]) -> None:
    assert lists_in(text, RULES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("green lamp", {"harmless"}),
        ("green-lamp", {"harmless"}),
        ("green, lamp", {"harmless", "explicit"}),
        ("green. lamp", {"harmless", "explicit"}),
        ("green\nlamp", {"harmless", "explicit"}),
        ("green lamp, lamp", {"harmless", "explicit"}),
        ("lamp green lamp", {"harmless", "explicit"}),
        ("oil lamp post", {"explicit", "suggestive"}),
        ("lamp post", {"suggestive"}),
        ("lamp, post", {"suggestive", "explicit"}),
        ("ann deck", {"public_figures"}),
        ("ann sail lamp", {"public_figures"}),
        ("ann deck, deck", {"public_figures", "minors"}),
        ("ann deck chair", {"public_figures", "harmless"}),
        ("c l a m p", {"harmless"}),
    ],
)
def test_a_longer_term_speaks_for_those_inside_it(text: str, expected: set[str]) -> None:
    assert lists_in(text, RULES) == expected


def test_a_name_never_hides_what_it_is_run_together_with() -> None:
    assert lists_in("lampannsaillamp", RULES) == {"explicit", "public_figures"}
