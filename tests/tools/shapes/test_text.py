import torch

from tools.shapes.parts import Parts, new_parts
from tools.shapes.text import embed, tokenize, train_text_encoders


def test_a_short_training_tells_captions_apart_by_what_they_name(parts: Parts) -> None:
    parts = new_parts(parts.tokenizer)
    train_text_encoders(parts, steps=60, seed=0)

    texts = ["a red star on a blue background", "red star, blue background", "a green ring on a pink background"]
    with torch.no_grad():
        _, pooled = embed(parts, tokenize(parts, texts))
    alike, other = (torch.cosine_similarity(pooled[0], pooled[index], dim=0) for index in (1, 2))
    assert alike > other + 0.2


def test_the_embeddings_are_the_ones_the_pipeline_makes(parts: Parts) -> None:
    hidden, pooled = embed(parts, tokenize(parts, ["red", "a long blue caption"]))

    assert hidden.shape == (2, 77, 128)
    assert pooled.shape == (2, 64)
    assert hidden.shape[2] == parts.unet.config.cross_attention_dim
