"""What somebody wants enhanced, and how."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.content_policy import ContentMode
from shared.enhancement.usable import Asked
from shared.job_types import Family, Format, Quality

VERSION: Final = 1
"""Of the instructions and of the cleaning: another one asks the models again."""

Model = Literal["qwen_instruct", "qwen_base", "none"]
Style = Literal["manual", "cinematic", "custom"]
Language = Literal["en", "zh"]
ReferenceMode = Literal["modify", "copy"]
UseCase = Literal["enhancement", "chat", "roleplay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """``model`` is the one that was asked for; ``none`` leaves it to the rules. Family ``chat``: for a chat model."""

    prompt: str
    family: Family
    format: Format
    quality: Quality
    content_mode: ContentMode
    model: Model = "qwen_instruct"
    style: Style = "manual"
    language: Language = "en"
    use_case: UseCase = "enhancement"
    one_turn: bool = False
    """The instructions stand in the user's turn, not in a system turn."""
    instructions: str | None = None
    """The caller's own, in place of the template's."""
    base_prompt: str | None = None
    """What the picture was made of that is to be modified: ``prompt`` says the change."""
    is_exact_copy: bool = False
    compel_weights: str | None = None
    """Terms that will be drawn with the prompt, for the content policy."""

    @property
    def question(self) -> dict[str, Any]:
        """Everything that decides a model's answer, but for the template."""
        is_chat = self.family == "chat"
        return {
            "version": VERSION,
            "prompt": self.prompt,
            "target_model": None if is_chat else self.family,
            "enhancer_model": self.model,
            "job_type": "chat" if is_chat else self.format,
            "use_case": self.use_case,
            "content_mode": self.content_mode,
            "quality": self.quality,
            "style": self.style,
            "language": self.language,
            "one_turn": self.one_turn,
            "instructions": self.instructions,
        }

    def asked(self, instructions: str) -> Asked:
        """What the model's answer is judged by."""
        return Asked(
            prompt=self.prompt,
            instructions=instructions,
            reader=self.family,
            content_mode=self.content_mode,
            is_english=self.language == "en",
            compel_weights=self.compel_weights,
        )
