"""The answer to a refused request. It never quotes the prompt, so it may be logged and shown."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    SEXUAL_MINORS = "sexual_minors"
    SEXUAL_REAL_PERSON = "sexual_real_person"
    EXPLICIT_IN_SFW = "explicit_in_sfw"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused (error code ``content_policy``), and one sentence that tells the user."""

    reason: Reason
    message: str


REFUSALS: Final = {
    reason: Refusal(reason, message)
    for reason, message in (
        (Reason.SEXUAL_MINORS, "Sexual content about minors is refused in every mode."),
        (Reason.SEXUAL_REAL_PERSON, "Sexual content about real people is refused in every mode."),
        (Reason.EXPLICIT_IN_SFW, "Explicit content is refused while content_mode is sfw."),
    )
}
