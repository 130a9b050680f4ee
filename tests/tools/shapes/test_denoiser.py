import random

import pytest
import torch

from tools.shapes import denoiser
from tools.shapes.denoiser import draw_pictures, train_denoiser
from tools.shapes.parts import Parts, new_parts
from tools.shapes.world import training_scenes


@pytest.fixture
def small(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Parts:
    monkeypatch.setattr(denoiser, "_PICTURES", 300)
    torch.manual_seed(0)
    return new_parts(parts.tokenizer)


def test_the_training_set_has_every_size_and_no_held_out_scene(small: Parts) -> None:
    drawn = draw_pictures(small, torch.Generator().manual_seed(0))

    assert {(some.height, some.width) for some in drawn} == {(64, 64), (48, 64), (64, 48), (32, 64), (64, 32)}
    trained = {tuple(scene) for scene in training_scenes().tolist()}
    for some in drawn:
        assert some.latents.shape == (len(some.scenes), 4, some.height // 4, some.width // 4)
        assert trained.issuperset(map(tuple, some.scenes.tolist()))


def test_the_loss_falls_and_the_average_is_what_is_left(small: Parts, capsys: pytest.CaptureFixture[str]) -> None:
    before = [parameter.detach().clone() for parameter in small.unet.parameters()]

    train_denoiser(small, steps=12, seed=0)

    losses = [float(line.split("loss ")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])
    assert any(not torch.equal(old, new) for old, new in zip(before, small.unet.parameters(), strict=True))
    assert not small.unet.training


def test_some_pictures_are_told_nothing_and_some_batches_much(small: Parts) -> None:
    rng, generator = random.Random(0), torch.Generator().manual_seed(0)
    scenes = training_scenes()[:16]

    read = [denoiser._read(small, scenes, rng, generator) for _ in range(80)]

    assert {text.shape[1] for text, _ in read} == {77, 154}
    silent = torch.stack([(text == 0).all(2).all(1).float().mean() for text, _ in read]).mean()
    unpooled = torch.stack([(pooled == 0).all(1).float().mean() for _, pooled in read]).mean()
    assert 0.05 < silent < 0.15
    assert 0.18 < unpooled < 0.3
