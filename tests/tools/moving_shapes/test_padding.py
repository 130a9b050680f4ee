import torch
from diffusers.models.transformers.transformer_wan import WanAttnProcessor

from tools.moving_shapes.padding import padded
from tools.moving_shapes.parts import Parts, pipeline


def test_short_texts_do_what_the_pipeline_s_padded_ones_do(parts: Parts) -> None:
    texts = ["a red circle moving right on a blue background", ""]
    noisy, time = torch.randn(2, 12, 2, 4, 4), torch.tensor([900.0, 300.0])
    with torch.no_grad():
        long, _ = pipeline(parts).encode_prompt(texts, do_classifier_free_guidance=False, max_sequence_length=512)
        expected = parts.transformer(noisy, time, long).sample
        with padded(parts.transformer) as padding:
            short = padding.embed(parts, texts)
            got = parts.transformer(noisy, time, short).sample

    assert short.shape[1] < 30
    assert torch.allclose(got, expected, atol=1e-4)


def test_afterwards_the_transformer_is_as_it_was(parts: Parts) -> None:
    with padded(parts.vace):
        pass

    assert {type(module.processor) for module in parts.vace.modules() if hasattr(module, "processor")} == {
        WanAttnProcessor
    }
