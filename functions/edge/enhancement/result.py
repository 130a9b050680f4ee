"""What became of a prompt."""

from dataclasses import dataclass
from typing import Final, Literal

Source = Literal["edge_function", "worker_fallback", "emergency_fallback"]

AS_ASKED: Final = 0
ANOTHER_MODEL: Final = 1
RULES: Final = 2
KEPT: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Enhancement:
    """``level`` says how far it is from what was asked for: as asked, by another model, by rules, not at all.

    ``source`` in the documents' words: our own rules, a model on a worker, the original kept. ``was_cut`` is true when
    something had to go to stay within the model's limit.
    """

    text: str
    source: Source
    strategy: str
    template_name: str
    model_used: str
    level: int = AS_ASKED
    was_cut: bool = False
    is_cached: bool = False
    warnings: tuple[str, ...] = ()


def kept(
    text: str, *, strategy: str = "original_kept", level: int = KEPT, warnings: tuple[str, ...] = ()
) -> Enhancement:
    """The original, as it was."""
    return Enhancement(
        text=text,
        source="emergency_fallback" if level == KEPT else "edge_function",
        strategy=strategy,
        template_name="none",
        model_used="none",
        level=level,
        warnings=warnings,
    )
