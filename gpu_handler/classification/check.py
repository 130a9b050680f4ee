"""In ``sfw`` mode nothing explicit leaves the worker, whatever the prompt was."""

from collections.abc import Sequence
from typing import Final

from PIL import Image

from gpu_handler.classification.protocol import OutputClassifier
from gpu_handler.failures import ContentRefused

NUDITY_THRESHOLD: Final = 0.8
"""Yahoo's own reading of its scores: above 0.8 very probably explicit, below 0.2 very probably not."""


def check_outputs(classifier: OutputClassifier, shown: Sequence[Image.Image], content_mode: str) -> float | None:
    """The highest score of the pictures of one output, or of some frames of it; in ``nsfw`` mode nothing is looked at.

    Raises ``ContentRefused`` at the threshold, and ``ValueError`` where there is nothing to look at: an output that
    nobody saw was not found harmless.
    """
    if content_mode == "nsfw":
        return None
    scores = []
    for picture in shown:
        score = classifier.nudity(picture)
        # Written so that a score which is no number refuses too.
        if not score < NUDITY_THRESHOLD:
            raise ContentRefused("The result was refused: it looks explicit, and the job's content_mode is sfw.")
        scores.append(score)
    return max(scores)
