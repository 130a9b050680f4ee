"""Compel on the real text encoders of the demo model."""

from typing import Any

import pytest
import torch

from gpu_handler.generators.sdxl.conditioning import Conditioning
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from shared.prompt_weights import Fragment, parse

PLAIN = [Fragment("a red star on a blue background", 1.0)]
LONG = [Fragment("very " * 90 + "red", 1.0)]


@pytest.fixture(scope="module")
def pipeline(sdxl: SdxlGenerator) -> Any:
    return sdxl._pipeline


@pytest.fixture(scope="module")
def conditioning(pipeline: Any) -> Conditioning:
    return Conditioning(pipeline)


def test_unweighted_words_are_encoded_as_the_pipeline_does(pipeline: Any, conditioning: Conditioning) -> None:
    ours = conditioning.encode(PLAIN, [Fragment("fog", 1.0)])

    theirs = pipeline.encode_prompt(PLAIN[0].text, negative_prompt="fog")
    names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
    for name, tensor in zip(names, theirs, strict=True):
        assert torch.equal(ours[name], tensor), name


def test_without_a_negative_prompt_the_pipeline_is_left_its_own(conditioning: Conditioning) -> None:
    assert set(conditioning.encode(PLAIN, None)) == {"prompt_embeds", "pooled_prompt_embeds"}


def test_the_weight_moves_the_embeddings_in_order(conditioning: Conditioning) -> None:
    def moved(weight: float) -> float:
        weighted = conditioning.encode(parse(f"a (red:{weight}) star on a blue background"), None)["prompt_embeds"]
        return (
            weighted - conditioning.encode(parse("a (red:1) star on a blue background"), None)["prompt_embeds"]
        ).norm()

    assert 0 < moved(1.2) < moved(1.6)
    assert 0 < moved(0.8) < moved(0.4)


def test_the_pooled_embedding_is_of_the_words_alone(conditioning: Conditioning) -> None:
    weighted, plain = (conditioning.encode(parse(text), None) for text in ("a (red:1.4) star", "a red star"))

    assert torch.equal(weighted["pooled_prompt_embeds"], plain["pooled_prompt_embeds"])


@pytest.mark.parametrize("text", ["red++ star", '("a", "b").blend(1, 1)', "a .swap(b)", "((((", 'a "b'])
def test_what_compel_takes_for_syntax_is_text(pipeline: Any, conditioning: Conditioning, text: str) -> None:
    ours = conditioning.encode([Fragment(text, 1.0)], None)["prompt_embeds"]

    assert torch.equal(ours, pipeline.encode_prompt(text, do_classifier_free_guidance=False)[0])


def test_a_long_prompt_is_encoded_to_its_end(conditioning: Conditioning) -> None:
    red, green = (conditioning.encode([Fragment("very " * 90 + word, 1.0)], None) for word in ("red", "green"))

    assert red["prompt_embeds"].shape[1] == 2 * 77
    assert not torch.equal(red["prompt_embeds"], green["prompt_embeds"])


@pytest.mark.parametrize(("positive", "negative"), [(LONG, PLAIN), (PLAIN, LONG)])
def test_prompt_and_negative_prompt_get_one_length(
    conditioning: Conditioning, positive: list[Fragment], negative: list[Fragment]
) -> None:
    arguments = conditioning.encode(positive, negative)

    assert arguments["prompt_embeds"].shape == arguments["negative_prompt_embeds"].shape == (1, 154, 128)
    assert arguments["pooled_prompt_embeds"].shape == arguments["negative_pooled_prompt_embeds"].shape == (1, 64)


@pytest.mark.parametrize("text", ["a [ ] star", "[ (blue:1.3) ]", "[\n] red", "()"])
def test_fragments_without_words_are_no_obstacle(conditioning: Conditioning, text: str) -> None:
    assert conditioning.encode(parse(text), parse(text))["prompt_embeds"].isfinite().all()


def test_no_words_are_encoded_as_the_empty_prompt(pipeline: Any, conditioning: Conditioning) -> None:
    ours = conditioning.encode(PLAIN, [])["negative_prompt_embeds"]

    assert torch.equal(ours, pipeline.encode_prompt("", do_classifier_free_guidance=False)[0])


def test_embeddings_carry_no_gradient(conditioning: Conditioning) -> None:
    assert not any(tensor.requires_grad for tensor in conditioning.encode(PLAIN, PLAIN).values())
