"""The one table of job types; SQL gets what it needs from here as arguments.

Source: the job tables of the five seed documents, as settled in the contract (``docs/api.md``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Format = Literal["image", "video", "text"]
Quality = Literal["fast", "high"]
Family = Literal["sdxl", "wan", "chat"]

QUEUES: Final = ("sdxl_queue", "wan_queue", "chat_queue")

MEGABYTE: Final = 1024 * 1024

CHAT_ENHANCE: Final = "chat_enhance"
"""The text type whose output is a better prompt; the others answer."""
ADMIN_UTILITIES: Final = "admin_utilities"
"""The one that only admins may ask for."""


@dataclass(frozen=True, slots=True)
class JobType:
    """What one job type asks of a worker. Sizes are in pixels, limits in bytes, times in seconds."""

    name: str
    family: Family
    format: Format
    quality: Quality
    credits: int
    """Credits for each output."""
    byte_limit: int = 0
    """Largest output object; 0 where the output is text."""
    steps: int = 0
    guidance_scale: float = 0.0
    width: int = 0
    height: int = 0
    frames: int = 1
    fps: int = 0
    quantities: tuple[int, ...] = (1,)
    enhanced: bool = False
    expected_seconds: int = 10
    """The documents' time for one job, told until there is history."""
    stall_seconds: int = 120
    """A worker whose generator has not moved for this long stops renewing its lease."""

    @property
    def queue(self) -> str:
        return f"{self.family}_queue"

    @property
    def content_type(self) -> str:
        return {"image": "image/png", "video": "video/mp4", "text": "text/plain"}[self.format]

    @property
    def extension(self) -> str:
        return {"image": "png", "video": "mp4", "text": "txt"}[self.format]


def _sdxl(quality: Quality, steps: int, guidance_scale: float, credits: int, megabytes: int) -> JobType:
    return JobType(
        name=f"sdxl_image_{quality}",
        family="sdxl",
        format="image",
        quality=quality,
        credits=credits,
        byte_limit=megabytes * MEGABYTE,
        steps=steps,
        guidance_scale=guidance_scale,
        width=1024,
        height=1024,
        quantities=(1, 3, 6),
        expected_seconds=25 if quality == "fast" else 42,
    )


def _wan(name: str, credits: int, megabytes: int, expected_seconds: int) -> JobType:
    quality: Quality = "high" if "high" in name else "fast"
    video = name.startswith("video")
    return JobType(
        name=name,
        family="wan",
        format="video" if video else "image",
        quality=quality,
        credits=credits,
        byte_limit=megabytes * MEGABYTE,
        steps=50 if quality == "high" else 25,
        guidance_scale=7.5 if quality == "high" else 6.5,
        width=480,
        height=832,
        frames=81 if video else 1,
        fps=16 if video else 0,
        enhanced=name.endswith("_enhanced"),
        expected_seconds=expected_seconds,
        stall_seconds=300,
    )


def _chat(name: str) -> JobType:
    return JobType(name=name, family="chat", format="text", quality="fast", credits=0, expected_seconds=15)


JOB_TYPES: Final[Mapping[str, JobType]] = MappingProxyType(
    {
        job_type.name: job_type
        for job_type in (
            _sdxl("fast", steps=15, guidance_scale=6.0, credits=1, megabytes=5),
            _sdxl("high", steps=25, guidance_scale=7.5, credits=2, megabytes=10),
            _wan("image_fast", credits=1, megabytes=5, expected_seconds=73),
            _wan("image_high", credits=2, megabytes=10, expected_seconds=90),
            _wan("video_fast", credits=3, megabytes=50, expected_seconds=180),
            _wan("video_high", credits=5, megabytes=200, expected_seconds=280),
            _wan("image7b_fast_enhanced", credits=2, megabytes=20, expected_seconds=87),
            _wan("image7b_high_enhanced", credits=3, megabytes=20, expected_seconds=104),
            _wan("video7b_fast_enhanced", credits=4, megabytes=100, expected_seconds=194),
            _wan("video7b_high_enhanced", credits=6, megabytes=100, expected_seconds=294),
            _chat(CHAT_ENHANCE),
            _chat("chat_conversation"),
            _chat("chat_unrestricted"),
            _chat(ADMIN_UTILITIES),
        )
    }
)

ALIASES: Final[Mapping[str, str]] = MappingProxyType({"wan_video_fast": "video_fast", "wan_video_high": "video_high"})


def resolve(name: str) -> JobType:
    """The job type of that name or alias. Raises ``KeyError`` for any other."""
    return JOB_TYPES[ALIASES.get(name, name)]
