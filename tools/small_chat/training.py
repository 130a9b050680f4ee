# mypy: allow-untyped-calls
# (transformers annotates little.)
"""The training, from nothing to the folder the worker loads."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

from gpu_handler.generators.chat.prompt import ChatPrompts
from tools.random_chat.tokenizer import END_OF_TEXT, END_OF_TURN, build_tokenizer
from tools.shapes.pace import Pace
from tools.small_chat.talks import READERS, Talk, Talks

_MERGED_TOKENS: Final = 1100
_BATCH: Final = {True: 12, False: 40}
"""With the instructions in full, and with a few words: those are a fifth as long."""
_LIMIT: Final = 2048


@dataclass(frozen=True, slots=True)
class Plan:
    """The default made the committed weights."""

    steps: int = 1100
    seed: int = 0


def train(folder: Path, plan: Plan) -> None:
    """Save the model into ``folder``: safetensors in float16."""
    talks = Talks(random.Random(plan.seed))
    tokenizer: Any = build_tokenizer(talks.corpus(), _MERGED_TOKENS)
    torch.manual_seed(plan.seed)
    model: Any = Qwen2ForCausalLM(_config(len(tokenizer)))
    prompts = ChatPrompts(tokenizer)
    ends = [tokenizer.convert_tokens_to_ids(token) for token in (END_OF_TURN, END_OF_TEXT)]
    pace = Pace("chat", model.parameters(), plan.steps, 3e-3)
    model.train()
    for step in pace.steps():
        in_full = step % 4 == 3 and step > plan.steps // 3
        drawn = [talks.draw(READERS[place % len(READERS)], in_full=in_full) for place in range(_BATCH[in_full])]
        pace.learn(_loss(model, [_encoded(prompts, tokenizer, talk, ends[0]) for talk in drawn], ends[1]))
    # The original's generation_config.json has the same keys; its penalty would keep so small a model from its words.
    model.generation_config = GenerationConfig(
        do_sample=True, temperature=0.7, top_p=0.8, top_k=20, eos_token_id=ends, pad_token_id=ends[1]
    )
    tokenizer.save_pretrained(folder)
    model.eval().to(torch.float16).save_pretrained(folder)


def _encoded(prompts: ChatPrompts, tokenizer: Any, talk: Talk, end: int) -> tuple[list[int], list[int]]:
    prompt, _ = prompts.encode(talk.turns, _LIMIT)
    return prompt, [*tokenizer(talk.answer, add_special_tokens=False)["input_ids"], end]


def _loss(model: Any, pairs: list[tuple[list[int], list[int]]], pad: int) -> Tensor:
    """Of the answers' tokens alone."""
    longest = max(len(prompt) + len(answer) for prompt, answer in pairs)
    # Padded to the right: no token sees what comes behind it.
    tokens = torch.full((len(pairs), longest), pad)
    targets = torch.full((len(pairs), longest), -100)
    for row, (prompt, answer) in enumerate(pairs):
        whole = torch.tensor(prompt + answer)
        tokens[row, : len(whole)] = whole
        targets[row, len(prompt) : len(whole)] = whole[len(prompt) :]
    hidden = model.model(tokens).last_hidden_state[:, :-1]
    wanted = targets[:, 1:]
    here = wanted >= 0
    return cross_entropy(model.lm_head(hidden[here]), wanted[here])


def _config(vocabulary: int) -> Qwen2Config:
    return Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=96,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        # The original's start is for far wider layers: with it the attention never finds the user's words.
        initializer_range=0.1,
        tie_word_embeddings=True,
    )
