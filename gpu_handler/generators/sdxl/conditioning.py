"""From weighted words to SDXL's embeddings, by Compel (https://github.com/damian0815/compel).

Compel gets fragments and not its own syntax: so no character of a prompt is taken for an operator, and the pooled
embedding is of the words alone. Prompts over 77 tokens are encoded in chunks.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import torch
from compel import Compel, CompelForSDXL
from compel.prompt_parser import Conjunction, FlattenedPrompt

from shared.prompt_weights import Fragment

_KEPT_TEXTS: Final = 8


class Conditioning:
    """The embeddings of the last few texts are kept: a deployment's negative prompt is constant, and a batch's both."""

    def __init__(self, pipeline: Any) -> None:
        compel = CompelForSDXL(pipeline)
        self._first: Compel = compel.compel_1
        self._second: Compel = compel.compel_2
        self._encoded = lru_cache(_KEPT_TEXTS)(self._encode)

    def encode(self, positive: Sequence[Fragment], negative: Sequence[Fragment] | None) -> dict[str, torch.Tensor]:
        """``StableDiffusionXLPipeline``'s arguments. Embeddings: (1, 77 * chunks, width); pooled: (1, width).

        Without a negative prompt its embeddings are left out, and the pipeline does what the model was trained with.
        """
        texts = [positive] if negative is None else [positive, negative]
        first, second, pooled = zip(*(self._encoded(tuple(text)) for text in texts), strict=True)
        with torch.no_grad():
            hidden = [
                compel.pad_conditioning_tensors_to_same_length(list(states))
                for compel, states in ((self._first, first), (self._second, second))
            ]
        joined = [torch.cat(pair, -1) for pair in zip(*hidden, strict=True)]
        arguments = {"prompt_embeds": joined[0], "pooled_prompt_embeds": pooled[0]}
        if negative is not None:
            arguments |= {"negative_prompt_embeds": joined[1], "negative_pooled_prompt_embeds": pooled[1]}
        return arguments

    @torch.no_grad()
    def _encode(self, text: tuple[Fragment, ...]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The hidden states of both encoders, and the second one's pooled embedding."""
        pooled = self._second.conditioning_provider.get_pooled_embeddings([_words(text)])
        return _hidden_states(self._first, text), _hidden_states(self._second, text), pooled


def _hidden_states(compel: Compel, text: Sequence[Fragment]) -> torch.Tensor:
    # Compel cannot weigh a fragment without tokens.
    worded = [fragment for fragment in text if fragment.text.strip()] or [Fragment("", 1.0)]
    prompt = FlattenedPrompt([(fragment.text, fragment.weight) for fragment in worded])
    hidden: torch.Tensor
    hidden, _ = compel.build_conditioning_tensor_for_conjunction(Conjunction([prompt]))
    return hidden


def _words(text: Sequence[Fragment]) -> str:
    return "".join(fragment.text for fragment in text)
