# mypy: allow-untyped-calls
# (transformers annotates little.)
"""A language model's answers through transformers' ``generate``, several at once, each told token by token."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from gpu_handler.failures import BadInput
from gpu_handler.generators.chat.answers import Asking, Said
from gpu_handler.generators.chat.prompt import ChatPrompts
from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.weights import find_weights
from shared.conversation import ChatRequest

if TYPE_CHECKING:
    from gpu_handler.generators.chat.rows import Row

CONTEXT_TOKENS: Final = 8192
"""Of prompt and answer together, where the model itself does not know less: half a gigabyte of Qwen2.5-7B's cache."""


class ChatGenerator:
    """One language model. One thread at a time may use it. torch and transformers are imported by ``load``."""

    def __init__(self, entry: CatalogEntry, models_dir: Path | None) -> None:
        self._entry = entry
        self._models_dir = models_dir
        self._model: Any = None
        self.device = "not loaded"
        self.versions: Mapping[str, str] = {}
        self.load_seconds = 0.0

    @property
    def variant(self) -> str:
        """The catalog entry that answers."""
        return self._entry.name

    @property
    def is_loaded(self) -> bool:
        return self._model is not None

    @property
    def context_tokens(self) -> int:
        """How long prompt and answer may be together. Needs a loaded model."""
        return min(CONTEXT_TOKENS, int(self._model.config.max_position_embeddings))

    def load(self) -> None:
        """A second call does nothing. Raises ``ModelUnavailable``."""
        if self.is_loaded:
            return
        started = time.monotonic()
        found = find_weights(self._entry, self._models_dir)
        from gpu_handler.models.chat_loading import load_chat

        self.adopt(*load_chat(self._entry, found))
        self.versions = MappingProxyType({**self.versions, "weights": found.origin})
        self.load_seconds = time.monotonic() - started

    def adopt(self, model: Any, tokenizer: Any) -> None:
        """Answer with this ``Qwen2ForCausalLM``, or another causal model of transformers, and its tokenizer."""
        import torch
        import transformers

        from gpu_handler.models.loading import device_name

        self._tokenizer = tokenizer
        self._prompts = ChatPrompts(tokenizer)
        self._ends = _ends_of_a_turn(model, tokenizer)
        self.device = device_name()
        self.versions = MappingProxyType({"torch": torch.__version__, "transformers": transformers.__version__})
        # Last: another thread asks whether there is a model.
        self._model = model

    def answer(self, request: ChatRequest, on_text: Callable[[str], None], is_stopped: Callable[[], bool]) -> Said:
        """``on_text`` gets each piece as it comes; together they are the answer. ``is_stopped`` is asked at each token.

        Raises ``BadInput`` where what has to be read does not fit.
        """
        ends: list[Said | Exception] = []
        self.answer_together([Asking(request, on_text, is_stopped, ends.append)])
        (end,) = ends
        if isinstance(end, Exception):
            raise end
        return end

    def answer_together(self, askings: Sequence[Asking]) -> None:
        """All of them in one batch, of which each ends by itself and is told at once.

        The same request and seed get the same answer in any company, but for the last bits of the arithmetic: those
        depend on a batch's shape, and in half precision on a GPU they may turn a choice between two tokens that are
        as good as equally likely. What fails for all is raised; it is not told to those that ended before.
        """
        started = time.monotonic()
        rows = [row for asking in askings if (row := self._row(asking, started)) is not None]
        if not rows:
            return
        import torch
        from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

        from gpu_handler.generators.chat.listening import RowsListener
        from gpu_handler.generators.chat.sampling import RowSampler, Sampling

        device = self._model.device
        longest = max(len(row.prompt) for row in rows)
        # Padding stands to the left, so that each answer goes on behind its own prompt.
        pad = self._tokenizer.pad_token_id
        tokens = [[pad] * (longest - len(row.prompt)) + row.prompt for row in rows]
        mask = [[0] * (longest - len(row.prompt)) + [1] * len(row.prompt) for row in rows]
        top_k = self._model.generation_config.top_k
        sampler = RowSampler([Sampling(row.asking.request, row.seed, top_k, device) for row in rows])
        with torch.inference_mode():
            self._model.generate(
                torch.tensor(tokens, device=device),
                attention_mask=torch.tensor(mask, device=device),
                # What is not named here is as the model was published: its `repetition_penalty`.
                generation_config=GenerationConfig(
                    do_sample=False,
                    max_new_tokens=max(row.limit for row in rows),
                    eos_token_id=sorted(self._ends),
                    pad_token_id=pad,
                ),
                logits_processor=LogitsProcessorList([sampler]),
                stopping_criteria=StoppingCriteriaList(
                    [RowsListener(len(rows), lambda place, token: rows[place].hear(token))]
                ),
            )

    def _row(self, asking: Asking, started: float) -> "Row | None":
        """``None`` where the asking is over before it began."""
        from gpu_handler.generators.chat.rows import Row

        # An answer takes half of the context at most, so that there is room for what it answers.
        limit = min(asking.request.max_tokens, self.context_tokens // 2)
        try:
            prompt, left_out = self._prompts.encode(asking.request.messages, self.context_tokens - limit)
        except BadInput as error:
            asking.on_end(error)
            return None
        return Row(asking, prompt, left_out, limit, self._tokenizer, self._ends, started)


def _ends_of_a_turn(model: Any, tokenizer: Any) -> frozenset[int]:
    """The model's own and the tokenizer's: a base model's own does not end a turn of the chat template."""
    published = model.generation_config.eos_token_id
    ends = published if isinstance(published, list) else [published]
    return frozenset(end for end in (*ends, tokenizer.eos_token_id) if end is not None)
