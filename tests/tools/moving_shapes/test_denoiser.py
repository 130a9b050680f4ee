import random

import pytest
import torch

from tools.moving_shapes import denoiser
from tools.moving_shapes.autoencoder import encode
from tools.moving_shapes.denoiser import STAGES, Stage, train_transformers
from tools.moving_shapes.denoiser_start import start
from tools.moving_shapes.parts import Parts, new_parts
from tools.moving_shapes.render import render
from tools.moving_shapes.world import draw_scenes


@pytest.fixture
def small(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Parts:
    monkeypatch.setattr(denoiser, "_TOKENS", 96)
    monkeypatch.setattr(denoiser, "_SIZES", {(32, 32): 1.0})
    torch.manual_seed(0)
    return new_parts(parts.tokenizer)


def test_the_loss_falls_and_both_transformers_are_left_sharing_an_average(
    small: Parts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denoiser, "STAGES", (Stage(0.5, {1: 1.0}, 0.0), Stage(0.5, {5: 1.0}, 1.0)))
    kept: list[float] = []

    train_transformers(small, 30, 0, lambda: kept.append(small.transformer.proj_out.weight[0, 0].item()))

    losses = [float(line.split("loss ")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])
    assert len(kept) == 10
    assert kept[-1] == small.transformer.proj_out.weight[0, 0].item()
    assert small.vace.blocks[0].attn1.to_q.weight is small.transformer.blocks[0].attn1.to_q.weight
    assert small.vace.vace_blocks[0].proj_out.weight.abs().max() > 0
    assert not small.transformer.training


def test_every_stage_has_its_frame_counts_and_the_shares_are_one() -> None:
    assert sum(stage.share for stage in STAGES) == pytest.approx(1)
    assert [denoiser._stage(done) for done in (0.0, 0.3, 0.6, 0.999)] == list(STAGES)
    assert {frames for stage in STAGES for frames in stage.frames} == {1, 5, 9, 17, 33, 81}
    assert all(sum(stage.frames.values()) == pytest.approx(1) for stage in STAGES)


def test_with_a_reference_a_latent_frame_is_in_front_and_half_the_captions_contradict_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = torch.Generator().manual_seed(0)
    scenes = draw_scenes(60, generator)
    videos = render(scenes, generator, 1, 8, 8)
    clean = encode(videos, 2)
    monkeypatch.setattr(denoiser, "_REFERENCE", 1.0)

    longer, conditions, told = denoiser._control(scenes, videos, clean, random.Random(0), generator)

    assert longer.shape[2] == conditions.shape[2] == 2
    assert torch.equal(longer[:, :, 1:], clean)
    assert torch.equal(longer[:, :, :1], conditions[:, :12, :1])
    assert torch.equal(told[:, 3], scenes[:, 3])
    assert 15 < (told == scenes).all(1).sum() < 45


def test_at_the_start_tokens_of_pure_noise_know_the_edges(parts: Parts) -> None:
    torch.manual_seed(0)
    fresh = new_parts(parts.tokenizer)
    start(fresh)
    noise, tokens = torch.randn(8, 12, 3, 16, 16), []
    hook = fresh.transformer.blocks[1].register_forward_hook(lambda *called: tokens.append(called[2]))
    with torch.no_grad():
        guess = fresh.transformer(noise, torch.full((8,), 990.0), torch.randn(8, 5, 64)).sample
    hook.remove()

    flags = tokens[0][..., 72:78].unflatten(1, (3, 4, 4)).mean(0)
    left, right, top, bottom, first, last = flags.unbind(-1)
    for flag, axis, edge in ((left, 2, 0), (right, 2, 3), (top, 1, 0), (bottom, 1, 3), (first, 0, 0), (last, 0, 2)):
        others = [place for place in range(flag.shape[axis]) if place != edge]
        inside = flag.index_select(axis, torch.tensor(others))
        assert flag.select(axis, edge).mean() > inside.mean() + 0.5
    # And nothing is guessed.
    assert guess.abs().max() == 0
