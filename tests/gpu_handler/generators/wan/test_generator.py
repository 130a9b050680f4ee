"""The real pipelines of diffusers on the demo's video model."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import av
import numpy as np
import pytest
import torch
from PIL import Image

from gpu_handler.attempt.interruption import Interrupted, Interruption, Reason
from gpu_handler.failures import BadInput
from gpu_handler.generators.protocol import Generated
from gpu_handler.generators.references import NO_REFERENCES, References
from gpu_handler.generators.wan.generator import WanGenerator
from tests.fixtures.orders import job_order

Make = Callable[..., Generated]

PROMPT = "a red circle moving right on a blue background"


def ignore(done: int, total: int) -> None:
    assert 1 <= done <= total


def order(**changes: Any) -> Any:
    return job_order(**{"type": "video_fast", "prompt": PROMPT, "frames": 9, "steps": 2} | changes)


@pytest.fixture
def make(wan: WanGenerator) -> Make:
    def make(references: References = NO_REFERENCES, /, **changes: Any) -> Generated:
        return wan.generate(order(model_variant=wan.variant, **changes), 0, references, ignore)

    return make


def frames(made: Generated) -> Any:
    """(frames, height, width, 3)"""
    with av.open(BytesIO(made.data), "r") as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(float)


@pytest.fixture
def calls(wan: WanGenerator, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every text that the text encoder reads."""
    read: list[str] = []
    encode = wan._pipeline.encode_prompt

    def encode_prompt(prompt: str | None, *rest: Any, **options: Any) -> Any:
        # The pipeline itself asks too, with embeddings and without a text.
        if prompt is not None:
            read.append(prompt)
        return encode(prompt, *rest, **options)

    monkeypatch.setattr(wan._pipeline, "encode_prompt", encode_prompt)
    wan._prompts.embeddings.cache_clear()
    yield read
    wan._prompts.embeddings.cache_clear()


def test_the_same_order_gives_the_same_file(make: Make) -> None:
    assert make().data == make().data


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"prompt": "a green square"},
        {"negative_prompt": "a circle"},
        {"guidance_scale": 2.0},
        {"steps": 3},
    ],
)
def test_every_part_of_the_order_changes_the_video(make: Make, change: dict[str, Any]) -> None:
    assert (frames(make(**change)) != frames(make())).any()


@pytest.mark.parametrize(("asked", "made"), [(1, 1), (4, 1), (5, 5), (12, 9)])
def test_a_video_has_as_many_frames_as_fit_what_was_asked_for(make: Make, asked: int, made: int) -> None:
    video = make(frames=asked)

    assert len(frames(video)) == video.metadata["frames"] == made


def test_without_a_number_of_frames_it_has_those_of_its_type(wan: WanGenerator) -> None:
    made = wan.generate(
        job_order(type="video_fast", config={"seed": 1, "steps": 1, "width": 16, "height": 16}),
        0,
        NO_REFERENCES,
        ignore,
    )

    assert (made.metadata["frames"], made.metadata["fps"], made.metadata["duration_seconds"]) == (81, 16.0, 5.062)


@pytest.mark.parametrize(("width", "height"), [(48, 80), (96, 32)])
def test_the_video_has_the_asked_for_size(make: Make, width: int, height: int) -> None:
    video = make(width=width, height=height)

    assert frames(video).shape == (9, height, width, 3)
    assert (video.metadata["width"], video.metadata["height"]) == (width, height)


def test_what_was_really_used_is_told(make: Make) -> None:
    told = make(seed=20, guidance_scale=4.5, negative_prompt="a circle").metadata

    expected = {
        "steps": 2,
        "guidance_scale": 4.5,
        "seed": 20,
        "scheduler": "unipc",
        "negative_prompt_used": "a circle",
        "model_variant": "wan_shapes",
        "reference_mode": "none",
        "format": "mp4",
    }
    assert {name: told[name] for name in expected} == expected
    assert told["file_size_bytes"] == len(make(seed=20, guidance_scale=4.5, negative_prompt="a circle").data)


def test_the_thumbnail_is_the_middle_frame(make: Make) -> None:
    made = make(steps=6)

    thumbnail = np.asarray(Image.open(BytesIO(made.thumbnail)).convert("RGB")).astype(float)
    distances = [np.abs(frame - thumbnail).mean() for frame in frames(made)]
    assert np.argmin(distances) in (3, 4, 5)
    assert distances[4] < 12


def test_what_is_shown_are_frames_of_the_video_from_the_first_to_the_last(make: Make) -> None:
    made = make()

    assert len(made.shown) == 8
    assert np.abs(np.asarray(made.shown[0]) - frames(made)[0]).mean() < 12
    assert np.abs(np.asarray(made.shown[-1]) - frames(made)[-1]).mean() < 12


def test_an_image_type_gives_one_png(make: Make) -> None:
    made = make(type="image_fast")

    assert made.content_type == "image/png"
    with Image.open(BytesIO(made.data)) as image:
        assert (image.format, image.size) == ("PNG", (64, 64))
        assert PROMPT in image.info["parameters"]
    assert "frames" not in made.metadata


def test_each_step_is_told(wan: WanGenerator) -> None:
    steps: list[tuple[int, int]] = []

    wan.generate(order(steps=3), 0, NO_REFERENCES, lambda *step: steps.append(step))

    assert steps == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("references", [NO_REFERENCES, References({"start": Image.new("RGB", (9, 9))})])
def test_a_stop_ends_it_within_one_step_and_the_next_video_is_whole(
    wan: WanGenerator, make: Make, references: References
) -> None:
    before = make().data
    interruption = Interruption()
    steps: list[int] = []

    def on_step(done: int, _: int) -> None:
        steps.append(done)
        interruption.request(Reason.CANCELLED)
        interruption.check()

    with pytest.raises(Interrupted):
        wan.generate(order(steps=5), 0, references, on_step)
    assert steps == [1]
    assert make().data == before


def test_a_constant_negative_prompt_is_encoded_once(make: Make, calls: list[str]) -> None:
    for prompt in ("a red circle", "a blue circle", "a red circle"):
        make(prompt=prompt, negative_prompt="a square")

    assert sorted(calls) == ["a blue circle", "a red circle", "a square"]


def test_without_guidance_no_negative_prompt_is_read(make: Make, calls: list[str]) -> None:
    made = make(negative_prompt="a square", guidance_scale=1)

    assert calls == [PROMPT]
    assert made.warnings == ("At a guidance scale of 1 the negative prompt had no effect.",)
    assert made.metadata["negative_prompt_used"] is None


def test_a_prompt_too_long_for_the_text_encoder_is_cut_at_a_sentence(make: Make, calls: list[str]) -> None:
    sentence = "q x z q x z q x z. "
    made = make(prompt=sentence * 50)

    assert made.warnings == ("The prompt was cut at a sentence: the model reads 512 tokens.",)
    (read,) = filter(None, calls)
    assert read.endswith(".")
    assert 0 < len(read) < len(sentence) * 50
    assert (len(read) + 1) % len(sentence) == 0


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (
            {"compel_enabled": True, "compel_weights": "(red:1.4)"},
            "The prompt weights had no effect: this model reads plain text.",
        ),
        ({"scheduler": "euler"}, "The scheduler euler is not this model's: unipc drew."),
    ],
)
def test_what_had_no_effect_is_said_and_has_none(make: Make, change: dict[str, Any], warning: str) -> None:
    made = make(**change)

    assert made.warnings == (warning,)
    assert made.data == make().data


@pytest.mark.parametrize("change", [{"frames": 88}, {"frames": 0}, {"width": 72}, {"num_images": 3}])
def test_an_order_nobody_can_make_is_refused(wan: WanGenerator, change: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        wan.count(order(**change))


def test_a_video_too_large_for_memory_is_made_in_tiles_and_the_next_one_is_whole(
    wan: WanGenerator, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make()
    decode = wan._pipeline.vae.decoder.forward

    def short_of_memory(latents: torch.Tensor, *args: Any, **options: Any) -> Any:
        if latents.shape[-1] > 8:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return decode(latents, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(wan._pipeline.vae.decoder, "forward", short_of_memory)
        tiled = make()
    assert tiled.metadata["saved_memory"] is True
    assert frames(tiled).shape == frames(before).shape
    assert make().data == before.data


def test_loading_twice_loads_once(wan: WanGenerator) -> None:
    pipeline = wan._pipeline

    wan.load()

    assert wan._pipeline is pipeline


def test_both_pipelines_share_what_is_large(wan: WanGenerator) -> None:
    for part in ("text_encoder", "vae", "tokenizer"):
        assert getattr(wan._vace, part) is getattr(wan._pipeline, part)


def test_it_tells_what_it_runs_on(wan: WanGenerator) -> None:
    assert wan.device == "cpu"
    assert set(wan.versions) == {"torch", "diffusers", "attention", "weights", "reference_weights"}
    assert wan.load_seconds > 0
