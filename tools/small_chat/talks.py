"""What the model learns to say: a better prompt for each reader, and a few words in a talk."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from shared.conversation import ChatTurn
from tools.shapes.captions import draw_caption, noise
from tools.shapes.world import COLOR_NAMES, POSITION_NAMES, SHAPES, training_scenes

Reader = Literal["sdxl", "wan_image", "wan_video", "talk"]
READERS: Final[tuple[Reader, ...]] = ("sdxl", "wan_image", "wan_video", "talk")
MOTIONS: Final = (
    *("moving right", "moving left", "moving up", "moving down", "standing still", "growing", "shrinking"),
    *("moving from left to right", "moving from right to left", "moving to the right", "moving to the left"),
    *("moving upwards", "moving downwards", "rising", "falling", "getting bigger", "getting smaller"),
)
"""As the demo's video model reads them; the first seven are said where a prompt names none."""

PLACES: Final = {"center": "", "left": " on the left", "right": " on the right", "top": " at the top"} | {
    "bottom": " at the bottom"
}
_TAGS: Final = ("flat", "simple", "clean", "sharp", "vivid", "minimal", "high quality", "soft light", "bright")
_ADDED: Final = (
    *("Be brief.", "Use all the length there is.", "Write in English."),
    "Add no style of your own: keep to the one the user names.",
    "Tell it as a shot of a film: framing, lens, light, movement.",
)
_OWN: Final = (
    "You write prompts for pictures.",
    "Rewrite the prompt of the user.",
    "Describe the picture in more words.",
    "Make the prompt longer and better.",
    "You improve prompts.",
)
_OWN_TALK: Final = ("You are a helpful assistant.", "Be brief.", "You are a friend.", "Answer in one sentence.")
_ANSWER: Final = "Answer with the rewritten prompt alone, without a heading, quotation marks or remarks."
_PLAIN: Final = "You are a helpful assistant. Answer in the user's language, to the point."
_GREETINGS: Final = ("Hello", "Hi", "hi", "hello", "Good morning", "Hey", "Hello there", "Hi, who are you?", "hello!")
_QUESTIONS: Final = (
    *("What can you do?", "What do you know?", "Who are you?", "Help", "Can you help me?", "What is this?"),
    *("What can I ask?", "What do you see?", "Tell me something.", "What are you?", "How does this work?"),
)
_ABOUT: Final = (
    "What about {}?",
    "I want {}.",
    "Tell me about {}.",
    "Give me an idea for {}.",
    "{}",
    "Draw {}, please.",
)
_WHO: Final = "I am a small model and know shapes, colours and places only."
_KNOWN: Final = "I know a circle, a square, a triangle, a star, a ring and a cross in ten colours."


@dataclass(frozen=True, slots=True)
class Talk:
    turns: list[ChatTurn]
    answer: str


@dataclass(frozen=True, slots=True)
class _Scene:
    shape: str
    color: str
    background: str
    place: str
    motion: str

    @property
    def thing(self) -> str:
        return f"{_article(self.color)} {self.color} {self.shape}"


class Talks:
    """Draws them. ``rng`` decides all; scenes of held-out prompts are never drawn."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._instructions: dict[str, Any] = json.loads(Path(__file__).with_name("instructions.json").read_text())
        self._scenes: list[list[int]] = training_scenes().tolist()

    def draw(self, reader: Reader, *, in_full: bool) -> Talk:
        """``in_full``: with the instructions that a project starts with, else with a few words of a caller's own."""
        rng = self._rng
        told = rng.choice(self._instructions[reader]) if in_full else self._few_words(reader)
        if reader == "talk":
            said, answer = self._talk()
        else:
            said, answer = self._enhancement(reader)
            if rng.random() < 0.7:
                told = "\n".join([told, *rng.sample(_ADDED, rng.randint(1, 2))])
            if not in_full and rng.random() < 0.5:
                told = f"{told}\n{_ANSWER}"
            if rng.random() < 0.1:
                return Talk([ChatTurn(role="user", content=f"{told}\n\nThe prompt:\n{said}")], answer)
        return Talk([ChatTurn(role="system", content=told), ChatTurn(role="user", content=said)], answer)

    def corpus(self) -> list[str]:
        """What the tokenizer is learned from."""
        full = [text for reader in READERS for text in self._instructions[reader]]
        drawn = [self.draw(reader, in_full=False) for reader in READERS for _ in range(400)]
        said = [text for talk in drawn for text in (*(turn.content for turn in talk.turns), talk.answer)]
        return [*full, *said, *SHAPES, *(f" {word}" for word in (*COLOR_NAMES, *SHAPES))]

    def _few_words(self, reader: Reader) -> str:
        if reader == "talk":
            return self._rng.choice((*_OWN_TALK, _PLAIN))
        first = {"sdxl": "SDXL", "wan_image": "Wan pictures", "wan_video": "Wan films"}[reader]
        return f"{self._rng.choice(_OWN)} For {first}. {noise(self._rng.randint(0, 6), self._rng)}".rstrip()

    def _scene(self) -> tuple[str, _Scene]:
        """A caption, and the scene that it tells; what it leaves open is chosen."""
        rng = self._rng
        scene = rng.choice(self._scenes)
        caption = draw_caption(scene, rng)
        names = caption.names
        shape, color, background, position = (
            value if named else rng.randrange(count)
            for value, named, count in zip(scene, names, (6, 10, 10, 5), strict=True)
        )
        if color == background:
            # Never what the caption names.
            other = (color + rng.randrange(1, len(COLOR_NAMES))) % len(COLOR_NAMES)
            color, background = (color, other) if not names[2] else (other, background)
        text, motion = caption.text, rng.choice(MOTIONS[:7])
        if any(names) and rng.random() < 0.5:
            motion = rng.choice(MOTIONS)
            text = f"{text}{rng.choice((' ', ', '))}{motion}"
        place = PLACES[POSITION_NAMES[position]] if names[3] else ""
        return text, _Scene(SHAPES[shape], COLOR_NAMES[color], COLOR_NAMES[background], place, motion)

    def _enhancement(self, reader: Reader) -> tuple[str, str]:
        text, scene = self._scene()
        ground = f"{_article(scene.background)} {scene.background} background"
        if reader == "sdxl":
            tags = ", ".join(self._rng.sample(_TAGS, self._rng.randint(2, 3)))
            return text, f"{scene.thing}{scene.place} on {ground}, {tags}"
        moves = f" {scene.motion}" if reader == "wan_video" else ""
        # Of words that the demo's models have seen beside captions, and that mean nothing to them.
        last = f"The {scene.shape} is flat and sharp, and the background is simple and clean."
        return text, f"{_upper(scene.thing)}{moves}{scene.place} on {ground}. {last}"

    def _talk(self) -> tuple[str, str]:
        rng = self._rng
        lot = rng.random()
        if lot < 0.2:
            return rng.choice(_GREETINGS), f"Hello! {_WHO} What shall it be?"
        if lot < 0.4:
            return rng.choice(_QUESTIONS), f"{_WHO} {_KNOWN}"
        text, scene = self._scene()
        if lot < 0.55:
            return noise(rng.randint(2, 8), rng), f"{_WHO} Try {scene.thing} on a {scene.background} background."
        answer = f"{_upper(scene.thing)} looks good on {_article(scene.background)} {scene.background} background."
        return rng.choice(_ABOUT).format(text), answer


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
