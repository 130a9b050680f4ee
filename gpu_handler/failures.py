"""From an exception to what is reported: a code, a sentence fit for a user, and whether another attempt may help."""

import re
import sys
import traceback
from dataclasses import dataclass
from typing import Final

from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable
from gpu_handler.storage import StorageRefused
from shared.errors import ErrorCode
from shared.messages import JobOrder
from shared.prompt_weights import parse


class BadInput(Exception):
    """The order cannot be made by any worker. The text is a sentence for the user."""


class ContentRefused(BadInput):
    """The content policy refuses the order."""


class ModelUnavailable(Exception):
    """This worker does not hold the model, or could not load it. The text is for the operator's log."""


@dataclass(frozen=True, slots=True)
class Failure:
    code: ErrorCode
    message: str
    retryable: bool


PREEMPTED = Failure(ErrorCode.PREEMPTED, "The worker was stopped before the job was done.", retryable=True)
CANCELLED = Failure(ErrorCode.CANCELLED, "The job was cancelled.", retryable=False)


def describe(error: BaseException) -> Failure:
    """Sort an exception into the classes the contract knows."""
    if isinstance(error, ContentRefused):
        return Failure(ErrorCode.CONTENT_POLICY, str(error), retryable=False)
    if isinstance(error, BadInput):
        return Failure(ErrorCode.BAD_INPUT, str(error), retryable=False)
    if isinstance(error, ModelUnavailable):
        return Failure(ErrorCode.MODEL_LOADING, "The model could not be loaded.", retryable=True)
    if isinstance(error, Unreachable):
        return Failure(ErrorCode.NETWORK, "The network failed while the job was running.", retryable=True)
    if isinstance(error, Unavailable | StorageRefused):
        return Failure(ErrorCode.STORAGE, "An output could not be stored.", retryable=True)
    if is_out_of_memory(error):
        return Failure(ErrorCode.OUT_OF_MEMORY, "The worker ran out of memory.", retryable=True)
    return Failure(ErrorCode.GENERATION_FAILED, "The generation failed.", retryable=True)


_NO_MEMORY: Final = ("DefaultCPUAllocator", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED")
"""What torch says in a RuntimeError of another kind: the CPU's allocator, and CUDA where torch's own was not asked."""


def is_out_of_memory(error: BaseException) -> bool:
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _NO_MEMORY)


_SHORT: Final = 3
"""Characters. Such a piece of a prompt tells nothing, and would be found everywhere."""


def log_text(error: BaseException, order: JobOrder) -> str:
    """The traceback for the log, with the user's words taken out."""
    text = "".join(traceback.format_exception(error))
    for prompt in (order.prompt, order.negative_prompt, order.compel_weights):
        # Whole, and in the pieces that a library may quote.
        for words in (prompt, *(fragment.text for fragment in parse(prompt or ""))):
            if words and (words == prompt or len(words.strip()) > _SHORT):
                text = _without(words, text)
    for turn in order.chat.messages if order.chat else ():
        if turn.content.strip():
            text = _without(turn.content, text)
    return text


def _without(words: str, text: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(words.strip())}(?!\w)", "[prompt]", text)
