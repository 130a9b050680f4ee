"""What models put around a prompt, and what is no prompt at all."""

import pytest

from shared.enhancement.cleaning import cleaned, has_chinese, repeats

PROMPT = "a red cat on a sofa, soft light"


@pytest.mark.parametrize(
    "answer",
    [
        PROMPT,
        f"  {PROMPT}\n",
        f'"{PROMPT}"',
        f"“{PROMPT}”",
        f"**{PROMPT}**",
        f"```\n{PROMPT}\n```",
        f"Enhanced prompt: {PROMPT}",
        f'**Enhanced Prompt:** "{PROMPT}"',
        f"Here is the enhanced prompt:\n\n{PROMPT}",
        f"Here's your improved prompt for SDXL: {PROMPT}",
        f"Sure! Here’s a better version:\n{PROMPT}",  # noqa: RUF001
        f"Certainly, here is the prompt:\n'{PROMPT}'",
        f"{PROMPT}\n\nNegative prompt: blurry, ugly",
        f"{PROMPT}\n\nNote: I added light to the scene.",
        f"{PROMPT}\nThis prompt adds light.",
        f"Prompt: {PROMPT}\n\nLet me know if you want another one!",
        "- a red cat on a sofa\n- soft light",
        "1. a red cat on a sofa\n2. soft light",
        "Subject: a red cat on a sofa\nLighting: soft light",
        f"{PROMPT},",
    ],
)
def test_the_prompt_alone_is_left(answer: str) -> None:
    assert cleaned(answer) == PROMPT


@pytest.mark.parametrize(
    "text",
    [
        'a sign that says "open"',
        '"open" on a door, "closed" on a window',
        "a notebook: red, on a desk",
        "portrait of a woman (red hair:1.3), [blurry]",
        "Here be dragons, an old map",
        "a sorry little dog in the rain",
        "5 cats, 3 dogs",
        "一只红色的猫",
    ],
)
def test_what_belongs_to_the_picture_stays(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " \n ",
        '""',
        "...",
        "Enhanced prompt:",
        "I'm sorry, but I can't help with that.",
        "I’m sorry, I cannot do this.",  # noqa: RUF001
        "I cannot create this content.",
        "As an AI language model, I do not draw.",
        "抱歉，我无法回答这个问题。",  # noqa: RUF001
    ],
)
def test_a_refusal_or_nothing_is_no_prompt(answer: str) -> None:
    assert cleaned(answer) is None


INSTRUCTIONS = "You write prompts for Stable Diffusion XL. Keep everything the user asks for and add light."


@pytest.mark.parametrize(
    "text",
    [INSTRUCTIONS, f"a cat. {INSTRUCTIONS}", "YOU WRITE PROMPTS for stable-diffusion XL, a cat"],
)
def test_the_instructions_words_are_recognised(text: str) -> None:
    """F4"""
    assert repeats(INSTRUCTIONS, text, "a cat")


def test_a_few_words_in_common_are_no_echo() -> None:
    assert not repeats(INSTRUCTIONS, "add light, keep everything the user sees in red", "a cat")


def test_what_the_user_said_is_no_echo() -> None:
    wanted = "a poster that says: keep everything the user asks for"
    assert not repeats(INSTRUCTIONS, f"{wanted}, red letters", wanted)


def test_chinese_is_recognised() -> None:
    assert has_chinese("a cat, 红色")
    assert not has_chinese("a café, naïve")


@pytest.mark.parametrize("blanks", ["\n" * 100_000, " " * 100_000, " \n\t" * 30_000])
def test_any_number_of_blanks_is_one(blanks: str) -> None:
    """The square of these numbers would be hours."""
    assert cleaned(f"a red{blanks}cat") in ("a red, cat", "a red cat")
