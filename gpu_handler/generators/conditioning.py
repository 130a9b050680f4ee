"""From weighted words to SDXL's embeddings, by Compel (https://github.com/damian0815/compel).

Compel gets fragments and not its own syntax: so no character of a prompt is taken for an operator, and the pooled
embedding is of the words alone. Prompts over 77 tokens are encoded in chunks.
"""

from collections.abc import Sequence
from typing import Any

import torch
from compel import Compel, CompelForSDXL
from compel.prompt_parser import Conjunction, FlattenedPrompt

from shared.prompt_weights import Fragment


class Conditioning:
    def __init__(self, pipeline: Any) -> None:
        compel = CompelForSDXL(pipeline)
        self._first: Compel = compel.compel_1
        self._second: Compel = compel.compel_2

    @torch.no_grad()
    def encode(self, positive: Sequence[Fragment], negative: Sequence[Fragment] | None) -> dict[str, torch.Tensor]:
        """``StableDiffusionXLPipeline``'s arguments. Embeddings: (1, 77 * chunks, width); pooled: (1, width).

        Without a negative prompt its embeddings are left out, and the pipeline does what the model was trained with.
        """
        texts = [positive] if negative is None else [positive, negative]
        hidden = [
            compel.pad_conditioning_tensors_to_same_length([_hidden_states(compel, text) for text in texts])
            for compel in (self._first, self._second)
        ]
        joined = [torch.cat(pair, -1) for pair in zip(*hidden, strict=True)]
        pooled = [self._second.conditioning_provider.get_pooled_embeddings([_words(text)]) for text in texts]
        arguments = {"prompt_embeds": joined[0], "pooled_prompt_embeds": pooled[0]}
        if negative is not None:
            arguments |= {"negative_prompt_embeds": joined[1], "negative_pooled_prompt_embeds": pooled[1]}
        return arguments


def _hidden_states(compel: Compel, text: Sequence[Fragment]) -> torch.Tensor:
    # Compel cannot weigh a fragment without tokens.
    worded = [fragment for fragment in text if fragment.text.strip()] or [Fragment("", 1.0)]
    prompt = FlattenedPrompt([(fragment.text, fragment.weight) for fragment in worded])
    hidden: torch.Tensor
    hidden, _ = compel.build_conditioning_tensor_for_conjunction(Conjunction([prompt]))
    return hidden


def _words(text: Sequence[Fragment]) -> str:
    return "".join(fragment.text for fragment in text)
