"""What the SDXL generator does when memory runs out. The pipeline is the real one; only the lack of memory is made."""

import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import torch
from PIL import Image

from gpu_handler.failures import describe
from gpu_handler.generators.references import NO_REFERENCES
from gpu_handler.generators.sdxl.generator import SdxlGenerator
from shared.errors import ErrorCode
from tests.fixtures.orders import job_order

ORDER = job_order(width=64, height=64, steps=2)
"""The model's own size: 16 latents a side."""


def ignore(done: int, total: int) -> None:
    assert 1 <= done <= total


def pixels(sdxl: SdxlGenerator) -> bytes:
    return Image.open(BytesIO(sdxl.generate(ORDER, 0, NO_REFERENCES, ignore).data)).tobytes()


@pytest.fixture
def decode_no_more_than(sdxl: SdxlGenerator, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A decoder that runs out of memory on more than so many latents a side."""
    decoder = sdxl._pipeline.vae.decoder

    def set_up(side: int) -> None:
        decode = decoder.forward

        def short_of_memory(latents: torch.Tensor, *args: Any) -> Any:
            if max(latents.shape[2:]) > side:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return decode(latents, *args)

        monkeypatch.setattr(decoder, "forward", short_of_memory)

    return set_up


def test_a_picture_too_large_for_memory_is_made_in_tiles(
    sdxl: SdxlGenerator, decode_no_more_than: Callable[[int], None]
) -> None:
    decode_no_more_than(8)

    made = sdxl.generate(ORDER, 0, NO_REFERENCES, ignore)

    assert Image.open(BytesIO(made.data)).size == (64, 64)
    assert made.metadata["saved_memory"] is True


def test_a_picture_in_tiles_looks_as_it_would_in_one_piece(
    sdxl: SdxlGenerator, decode_no_more_than: Callable[[int], None]
) -> None:
    whole = pixels(sdxl)
    decode_no_more_than(8)

    tiled = pixels(sdxl)

    differences = [abs(a - b) for a, b in zip(whole, tiled, strict=True)]
    assert sum(differences) / len(differences) < 8


def test_the_next_picture_is_made_as_if_nothing_had_been(
    sdxl: SdxlGenerator, decode_no_more_than: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pixels(sdxl)
    with monkeypatch.context():
        decode_no_more_than(8)
        sdxl.generate(ORDER, 0, NO_REFERENCES, ignore)
    monkeypatch.undo()

    assert pixels(sdxl) == before


def test_memory_that_is_short_in_tiles_too_is_a_clear_failure(
    sdxl: SdxlGenerator, decode_no_more_than: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decode_no_more_than(4)
    freed: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: freed.append(True))

    with pytest.raises(torch.OutOfMemoryError) as raised:
        sdxl.generate(ORDER, 0, NO_REFERENCES, ignore)

    assert describe(raised.value).code == ErrorCode.OUT_OF_MEMORY
    assert freed
    assert not sdxl._pipeline.vae.use_tiling


def test_a_vae_that_failed_in_float32_goes_back_to_the_pipeline_s_precision(
    sdxl: SdxlGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SDXL's own VAE decodes in float32 on a GPU; after a failure diffusers leaves it there."""
    vae = sdxl._pipeline.vae
    before = pixels(sdxl)
    with monkeypatch.context() as patched:
        patched.setattr(vae, "decode", lambda *_args, **_kwargs: (_ for _ in ()).throw(RuntimeError("no kernel")))
        vae.to(torch.float64)
        with pytest.raises(RuntimeError, match="no kernel"):
            sdxl.generate(ORDER, 0, NO_REFERENCES, ignore)

    assert vae.dtype == sdxl._pipeline.unet.dtype
    assert pixels(sdxl) == before


def test_the_second_try_holds_nothing_of_the_first(
    sdxl: SdxlGenerator, decode_no_more_than: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decode_no_more_than(8)
    in_flight: list[BaseException | None] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: in_flight.append(sys.exception()))

    sdxl.generate(ORDER, 0, NO_REFERENCES, ignore)

    assert in_flight == [None, None]


def test_memory_on_a_cpu_runs_out_too(sdxl: SdxlGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    decode = sdxl._pipeline.vae.decode
    calls: list[bool] = []

    def fails_once(*args: Any, **kwargs: Any) -> Any:
        calls.append(True)
        if len(calls) == 1:
            torch.empty(2**60)
        return decode(*args, **kwargs)

    monkeypatch.setattr(sdxl._pipeline.vae, "decode", fails_once)

    assert sdxl.generate(ORDER, 0, NO_REFERENCES, ignore).metadata["saved_memory"] is True


def test_another_failure_is_not_taken_for_lack_of_memory(sdxl: SdxlGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bool] = []

    def broken(*_args: Any, **_kwargs: Any) -> Any:
        calls.append(True)
        raise RuntimeError("a kernel is missing")

    monkeypatch.setattr(sdxl._pipeline.vae, "decode", broken)

    with pytest.raises(RuntimeError, match="kernel"):
        sdxl.generate(ORDER, 0, NO_REFERENCES, ignore)
    assert len(calls) == 1
