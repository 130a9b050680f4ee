import pytest
import torch

from tools.moving_shapes import text
from tools.moving_shapes.parts import Parts, new_parts, pipeline
from tools.moving_shapes.text import embed, train_text_encoder


def test_what_a_caption_says_becomes_easier_to_read(
    parts: Parts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "_BATCH", 24)
    torch.manual_seed(0)
    trained = new_parts(parts.tokenizer)

    train_text_encoder(trained, steps=30, seed=0)

    losses = [float(line.split("loss ")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert losses[-1] < 0.8 * losses[0]
    assert not trained.text_encoder.training


def test_embeddings_are_the_pipeline_s_without_the_padding(parts: Parts) -> None:
    texts = ["a red star", "a red star moving up on a green background"]
    with torch.no_grad():
        hidden, mask = embed(parts, texts)
        padded, _ = pipeline(parts).encode_prompt(texts, do_classifier_free_guidance=False)

    assert mask.sum(1).tolist() != [mask.shape[1]] * 2
    assert torch.allclose(hidden, padded[:, : hidden.shape[1]], atol=1e-5)
    assert (hidden[~mask] == 0).all()
