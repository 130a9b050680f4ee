from io import BytesIO

import av
import numpy as np
import pytest
from PIL import Image

from gpu_handler.generators.videos import encode_mp4, probe

COLOURS = [(215, 30, 35), (35, 165, 60), (40, 70, 215), (245, 245, 245), (20, 20, 20)]


def clip(count: int = 9, size: tuple[int, int] = (64, 48)) -> list[Image.Image]:
    """A white bar that goes down, one row a frame."""
    frames = [Image.new("RGB", size, (40, 70, 215)) for _ in range(count)]
    for number, frame in enumerate(frames):
        frame.paste("white", (0, 4 * number, size[0], 4 * number + 4))
    return frames


def decoded(data: bytes) -> list[Image.Image]:
    with av.open(BytesIO(data), "r") as container:
        return [frame.to_image() for frame in container.decode(video=0)]


def test_every_frame_comes_back_at_its_place() -> None:
    frames = clip()
    found = decoded(encode_mp4(frames, 16, "a bar"))

    assert len(found) == len(frames)
    for number, frame in enumerate(found):
        distances = [np.abs(np.asarray(frame).astype(int) - np.asarray(other)).mean() for other in frames]
        assert np.argmin(distances) == number


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_come_back_as_they_were(colour: tuple[int, int, int]) -> None:
    (frame,) = decoded(encode_mp4([Image.new("RGB", (32, 32), colour)], 16, ""))

    assert np.abs(np.asarray(frame).astype(int) - colour).max() <= 4


def test_the_file_is_h264_as_every_browser_plays_it() -> None:
    facts = probe(encode_mp4(clip(), 16, ""))

    assert (facts.codec, facts.pixel_format) == ("h264", "yuv420p")
    assert (facts.width, facts.height) == (64, 48)


@pytest.mark.parametrize(("count", "fps", "duration"), [(1, 16, 0.062), (81, 16, 5.062), (9, 24, 0.375)])
def test_frames_rate_and_duration_are_read_from_the_file(count: int, fps: int, duration: float) -> None:
    facts = probe(encode_mp4(clip(count), fps, ""))

    assert (facts.frames, facts.fps) == (count, fps)
    assert facts.duration == pytest.approx(duration, abs=0.001)


def test_the_index_stands_before_the_pictures() -> None:
    data = encode_mp4(clip(), 16, "")

    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_the_comment_is_in_the_file() -> None:
    with av.open(BytesIO(encode_mp4(clip(), 16, "a bar\nSteps: 3")), "r") as container:
        assert container.metadata["comment"] == "a bar\nSteps: 3"


def test_the_colours_matrix_is_named_so_that_no_player_guesses() -> None:
    with av.open(BytesIO(encode_mp4(clip(), 16, "")), "r") as container:
        context = container.streams.video[0].codec_context
        assert (context.colorspace, context.color_range) == (6, 1)


def test_the_same_frames_give_the_same_file() -> None:
    noise = [Image.effect_noise((64, 64), 90).convert("RGB") for _ in range(9)]
    files = set()
    for size in range(1, 9):
        # What lies beside them in memory has no part in it.
        _ = [bytearray(1000 * size + number) for number in range(50)]
        files.add(encode_mp4([frame.copy() for frame in noise], 16, ""))

    assert len(files) == 1
