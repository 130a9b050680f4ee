# mypy: allow-untyped-calls
# (transformers annotates little.)
"""A byte-level tokenizer of Qwen2's kind, with its control tokens, learned from a few sentences."""

import json
from collections.abc import Sequence
from typing import Any, Final

from tokenizers import AddedToken
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import Qwen2Tokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

START_OF_TURN: Final = "<|im_start|>"
END_OF_TURN: Final = "<|im_end|>"
END_OF_TEXT: Final = "<|endoftext|>"
_MERGED_TOKENS: Final = 160
_SENTENCES: Final = (
    "The harbour is quiet in the morning, and the boats come back with the tide.",
    "What would you like to know about the picture that you have in mind?",
    "I can tell you more about the light, the colours and the weather of a scene.",
    "A lighthouse stands on the hill behind the old town; its lamp turns all night.",
    "Please write a short answer to the question, and say when you are not sure.",
    "There was once a fox who lived between the river and the forest.",
    "This is how the story goes on: the rain stopped and they walked home together.",
    "You are a helpful assistant. The user asked for one thing and then for another.",
)
CHAT_TEMPLATE: Final = """\
{%- if messages[0].role != 'system' -%}
{{- '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' -}}
{%- endif -%}
{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\n' -}}
{%- endif -%}
"""
"""ChatML, as Qwen's models read it (https://qwen.readthedocs.io/en/latest/getting_started/concepts.html)."""


def build_tokenizer(sentences: Sequence[str] = _SENTENCES, merged_tokens: int = _MERGED_TOKENS) -> Qwen2Tokenizer:
    """Any text can be encoded: every byte is a token. The control tokens have the highest ids, as Qwen's have."""
    letters = sorted(bytes_to_unicode().values())
    learner = Qwen2Tokenizer().backend_tokenizer
    learner.model = BPE()
    learner.train_from_iterator(
        sentences,
        BpeTrainer(vocab_size=len(letters) + merged_tokens, initial_alphabet=letters, show_progress=False),
    )
    merges: Any = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]
    pieces = list(dict.fromkeys([*letters, *("".join(pair) for pair in merges)]))
    tokenizer = Qwen2Tokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        merges=merges,
        eos_token=END_OF_TURN,
        pad_token=END_OF_TEXT,
        additional_special_tokens=[START_OF_TURN, END_OF_TURN],
        model_max_length=4096,
    )
    # Qwen's is an added token too, and not a special one.
    tokenizer.add_tokens([AddedToken("<tool_call>", special=False)])
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer
