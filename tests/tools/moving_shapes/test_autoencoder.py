import pytest
import torch

from tools.moving_shapes import autoencoder
from tools.moving_shapes.autoencoder import encode, signal_to_noise, train_decoder
from tools.moving_shapes.autoencoder_start import start_as_box_average
from tools.moving_shapes.parts import Parts, new_parts
from tools.moving_shapes.render import render
from tools.moving_shapes.world import draw_scenes


def test_the_encoder_makes_the_box_averages_the_training_counts_on(parts: Parts) -> None:
    generator = torch.Generator().manual_seed(0)
    for frames in (1, 5, 9):
        videos = render(draw_scenes(2, generator), generator, frames, 16, 32)
        with torch.no_grad():
            latents = parts.vae.encode(videos).latent_dist.mode()

        assert latents.shape == (2, 12, 1 + (frames - 1) // 4, 4, 8)
        assert torch.allclose(latents, encode(videos), atol=2e-3)
        assert latents.abs().max() < 1.001


def test_the_decoder_starts_by_repeating_the_averages_frame_by_frame(parts: Parts) -> None:
    videos = torch.rand(1, 3, 9, 1, 1).expand(-1, -1, -1, 16, 16) * 2 - 1
    with torch.no_grad():
        decoded = parts.vae.decode(encode(videos)).sample

    assert decoded.shape == videos.shape
    assert (decoded - videos).abs().mean() < 0.15


def test_training_changes_the_decoder_and_leaves_the_encoder_alone(
    parts: Parts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("_BATCH", 1), ("_FRAMES", 5), ("_SIDE", 24), ("_RATE", 1e-4)):
        monkeypatch.setattr(autoencoder, name, value)
    torch.manual_seed(0)
    trained = new_parts(parts.tokenizer)

    train_decoder(trained, steps=6, seed=0)

    assert capsys.readouterr().out.count("vae") == 6
    assert not trained.vae.training
    fresh = new_parts(parts.tokenizer)
    start_as_box_average(fresh.vae)
    for half, alike in (("encoder", True), ("decoder", False)):
        weights = zip(getattr(trained.vae, half).parameters(), getattr(fresh.vae, half).parameters(), strict=True)
        assert all(torch.equal(one, other) for one, other in weights) is alike
    assert signal_to_noise(trained, 0, frames=5, count=2) > 15
