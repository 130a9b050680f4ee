"""A job whose output is text: a language model's answer, judged before anybody is shown a word of it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from gpu_handler.attempt.enhancing import enhance
from gpu_handler.attempt.equipment import loaded
from gpu_handler.attempt.stopwatch import Stopwatch
from gpu_handler.failures import BadInput, ContentRefused, ModelUnavailable
from gpu_handler.generators.protocol import Writer, Written
from shared import content_policy
from shared.conversation import ANSWER_CHARACTERS, ChatRequest
from shared.job_types import CHAT_ENHANCE
from shared.messages import JobOrder

HELD_BACK: Final = 120
"""Characters that are judged together, with all before them: at least so many, and a quarter of what was said, so that
a long answer is not read over and over while the model waits."""

OnText = Callable[[str], None]
OnToken = Callable[[float], None]


class Writing:
    """``run`` it once. ``order`` names its seed."""

    def __init__(self, order: JobOrder, writer: Writer | None, stopwatch: Stopwatch) -> None:
        # Never another model in its place: the job's answer has named this one.
        if writer is None or writer.variant != order.model_variant:
            raise ModelUnavailable(f"this worker does not hold {order.model_variant}")
        if order.chat is None:
            raise BadInput("The order does not say what the language model is asked.")
        check_said(order.chat)
        self._order = order
        self._request = order.chat
        self._writer = writer
        self._stopwatch = stopwatch
        self._warnings: list[str] = []
        self._told: dict[str, Any] = {}
        self.text: str | None = None
        self.enhanced_prompt: str | None = None

    def load(self) -> None:
        """Raises ``ModelUnavailable``."""
        with self._stopwatch.stage("load"):
            loaded(self._writer)

    def run(self, on_text: OnText, on_token: OnToken, is_stopped: Callable[[], bool]) -> None:
        """``on_text`` gets all that may be shown until now, ``on_token`` the share of the longest answer, from 0 to 1.

        Stopped, it leaves what was said until then. Raises ``ContentRefused`` where the answer may not be shown.
        """
        with self._stopwatch.stage("generate"):
            if self._order.type == CHAT_ENHANCE:
                self._enhance(_counted(self._request.max_tokens, on_token, is_stopped))
            else:
                self._answer(on_text, _counted(self._request.max_tokens, on_token, is_stopped))

    def metadata(self, worker_id: str, stage_seconds: Mapping[str, float]) -> dict[str, Any]:
        """How it was written. Times are in seconds."""
        return {
            "job_type": self._order.type,
            "original_prompt": self._order.prompt,
            "seed": int(self._order.config["seed"]),
            "model_variant": self._writer.variant,
            "worker_used": "chat",
            "worker_id": worker_id,
            "device": self._writer.device,
            "versions": dict(self._writer.versions),
            "model_load_seconds": round(self._writer.load_seconds, 3),
            "generation_time": stage_seconds.get("generate", 0.0),
            "stage_seconds": dict(stage_seconds),
            "system_prompt_used": self._request.messages[0].role == "system",
            "unrestricted_mode": self._order.content_mode == "nsfw",
            **self._told,
            "warnings": list(dict.fromkeys(self._warnings)),
        }

    def _answer(self, on_text: OnText, is_stopped: Callable[[], bool]) -> None:
        judged = _Judged(self._request, on_text)
        seed = int(self._order.config["seed"])
        written = self._writer.write(self._request.model_copy(update={"seed": seed}), judged.hear, is_stopped)
        if written.metadata["finish_reason"] != "stopped":
            judged.finish()
        self._keep(written)

    def _enhance(self, is_stopped: Callable[[], bool]) -> None:
        made = enhance(self._order, self._writer, is_stopped)
        self.enhanced_prompt = made.prompt
        self._told = made.metadata
        self._warnings += made.warnings
        self.text = made.order.prompt

    def _keep(self, written: Written) -> None:
        self._told = written.metadata
        self._warnings += written.warnings
        self.text = written.text[:ANSWER_CHARACTERS]
        if self.text != written.text:
            self._warnings.append(f"The answer was cut at {ANSWER_CHARACTERS} characters.")


class _Judged:
    """What is said, told on once the policy has read it; the halves of a scene may lie in question and answer."""

    def __init__(self, request: ChatRequest, on_text: OnText) -> None:
        self._request = request
        self._on_text = on_text
        self._said = ""
        self._told = 0

    def hear(self, piece: str) -> None:
        self._said += piece
        if len(self._said) - self._told >= max(HELD_BACK, len(self._said) // 4):
            self.finish()

    def finish(self) -> None:
        """Raises ``ContentRefused``."""
        if len(self._said) > self._told:
            check_said(self._request, self._said)
            self._told = len(self._said)
            self._on_text(self._said[:ANSWER_CHARACTERS])


def check_said(request: ChatRequest, answer: str = "") -> None:
    """All that the user said in what the model reads, and its answer, as one scene. Raises ``ContentRefused``."""
    said = [turn.content for turn in request.messages if turn.role == "user"]
    texts = [text for text in (*said, answer) if text]
    refusal = content_policy.check(list(dict.fromkeys(texts)), content_mode=request.content_mode)
    if refusal is not None:
        raise ContentRefused(refusal.message)


def _counted(tokens: int, on_token: OnToken, is_stopped: Callable[[], bool]) -> Callable[[], bool]:
    count = 0

    def is_stopped_now() -> bool:
        nonlocal count
        count += 1
        on_token(min(1.0, count / tokens))
        return is_stopped()

    return is_stopped_now
