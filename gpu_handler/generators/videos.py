"""Video files: written and read by FFmpeg's libraries through PyAV (https://pyav.org)."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image

QUALITY: Final = 18
"""x264's constant rate factor: no loss is seen at it (https://trac.ffmpeg.org/wiki/Encode/H.264)."""
_ENCODER: Final = {
    "crf": str(QUALITY),
    # Its AVX-512 code reads what lies beside a frame: the same frames would give another file now and then.
    "x264-params": "mbtree=0",
}
# Of FFmpeg's enumerations. BT.601 is the matrix its converter uses unasked.
_PRIMARIES_BT709: Final = 1
_CURVE_SRGB: Final = 13
_MATRIX_BT601: Final = 6
_LIMITED_RANGE: Final = 1


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a file really holds. ``duration`` is in seconds; ``frames`` were counted one by one."""

    codec: str
    pixel_format: str
    width: int
    height: int
    frames: int
    fps: float
    duration: float


def encode_mp4(frames: Sequence[Image.Image], fps: int, comment: str) -> bytes:
    """H.264 in yuv420p, which every browser plays; the index stands first, so that a player starts at once.

    The frames' sides are even. ``comment`` goes into the file's tag of that name.
    """
    import av

    video_frame: Any = av.VideoFrame
    # FFmpeg reads the file again to put the index first.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video.mp4"
        with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
            container.metadata["comment"] = comment
            stream: Any = container.add_stream("libx264", rate=fps, options=_ENCODER)
            stream.width, stream.height = frames[0].size
            stream.pix_fmt = "yuv420p"
            context = stream.codec_context
            context.color_primaries, context.color_trc = _PRIMARIES_BT709, _CURVE_SRGB
            context.colorspace, context.color_range = _MATRIX_BT601, _LIMITED_RANGE
            for number, picture in enumerate(frames):
                frame = video_frame.from_image(picture).reformat(format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


def probe(data: bytes) -> VideoFacts:
    """Decodes the whole file: what it says of itself is not asked."""
    import av

    with av.open(BytesIO(data), "r") as container:
        stream = container.streams.video[0]
        times = [frame.time for frame in container.decode(stream)]
        rate = stream.average_rate
        assert rate is not None
        return VideoFacts(
            codec=stream.codec_context.name,
            pixel_format=str(stream.codec_context.pix_fmt),
            width=stream.width,
            height=stream.height,
            frames=len(times),
            fps=float(rate),
            # The last frame is shown as long as every other.
            duration=round(float(times[-1] or 0.0) - float(times[0] or 0.0) + float(1 / rate), 3),
        )
