"""What a submission of a text type may say besides the prompt."""

from typing import Annotated, Any, Final, Literal

from pydantic import AliasChoices, Field

from functions.edge.schema import RequestModel
from functions.edge.spellings import Spellings
from shared.conversation import MAX_TOKENS, STOPS, StopText

TURNS: Final = 24
TURN_CHARACTERS: Final = 4000

# Looked for like those of ``schema.SPELLINGS``, but for text types only: in a picture's metadata they are the client's.
TEXT_SPELLINGS: Final[Spellings] = {
    "messages": ("conversation", "history"),
    "system_prompt": ("systemPrompt",),
    "temperature": (),
    "top_p": ("topP",),
    "max_tokens": ("maxTokens",),
    "stop": (),
    "target_model": ("targetModel",),
}
_UNRESTRICTED: Final = "chat_unrestricted"

Temperature = Annotated[float, Field(strict=True, ge=0, le=2)]
TopP = Annotated[float, Field(strict=True, gt=0, le=1)]
MaxTokens = Annotated[int, Field(strict=True, ge=1, le=MAX_TOKENS)]
Stops = Annotated[list[StopText], Field(max_length=STOPS)]


class PastTurn(RequestModel):
    """What was said before the prompt, by the user or by the model."""

    role: Literal["user", "assistant"] = Field(validation_alias=AliasChoices("role", "sender"))
    content: Annotated[str, Field(min_length=1, max_length=TURN_CHARACTERS)]


def of_text(found: dict[str, Any]) -> dict[str, Any]:
    """The last message of the user's is the prompt where there is no other; ``chat_unrestricted`` is adult."""
    messages = found.get("messages")
    if isinstance(messages, list) and messages and not found.get("prompt") and not found.get("original_prompt"):
        *earlier, last = messages
        if isinstance(last, dict) and last.get("role", last.get("sender")) == "user":
            found |= {"messages": earlier, "prompt": last.get("content")}
    if found["job_type"] == _UNRESTRICTED and found.setdefault("content_mode", "nsfw") != "nsfw":
        raise ValueError(f"content_mode: {_UNRESTRICTED} is nsfw")
    return found
