"""What the demo asks for: each job shows another thing that a user may want.

All seeds are fixed, so a second run makes the same pictures.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Job:
    """A submission to queue-job."""

    shows: str
    prompt: str
    seed: int
    job_type: str = "sdxl_image_fast"
    num_images: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    """More fields of queue-job."""
    reference: Path | None = None
    """A picture to upload and to refer to."""

    @property
    def name(self) -> str:
        """The prompt in few words."""
        words = re.sub(r"\b(?:an?|background)\b ?", "", self.prompt).strip()
        return re.sub(r" (?:at|in|on) the (\w+)", r", \1", words)

    @property
    def label(self) -> str:
        return self.name if self.num_images == 1 else f"{self.name} x {self.num_images}"

    @property
    def body(self) -> dict[str, Any]:
        fields = {"job_type": self.job_type, "prompt": self.prompt, "seed": self.seed, "num_images": self.num_images}
        return fields | dict(self.options)


REFERENCE: Final = Path(__file__).with_name("reference.png")
"""A yellow square on blue, on the left."""
_STAR: Final = "a red star on a blue background"

JOBS: Final = (
    # Many steps, so that there is progress to be seen.
    Job("a batch of three: seed, seed + 1, seed + 2", _STAR, seed=7, num_images=3, options={"steps": 50}),
    Job("the same prompt, another seed", _STAR, seed=77),
    Job(
        "another aspect ratio",
        "a yellow circle on a purple background on the left",
        seed=7,
        options={"aspect_ratio": "4:3"},
    ),
    Job(
        "high quality: more steps, more guidance",
        "an orange cross on a green background at the top",
        seed=7,
        job_type="sdxl_image_high",
    ),
    Job("a negative prompt", "a white ring", seed=7, options={"negative_prompt": "red background"}),
    Job(
        "prompt weights",
        "a pink square on a black background at the bottom",
        seed=7,
        options={"compel_enabled": True, "compel_weights": "(pink:1.4)"},
    ),
    Job("another shape, other colours, another place", "a cyan triangle on a white background on the right", seed=7),
    Job(
        "a reference: the place and the background are its own",
        "a pink star",
        seed=7,
        options={"denoise_strength": 0.5},
        reference=REFERENCE,
    ),
    Job(
        "a video",
        "a red circle moving right on a blue background",
        seed=7,
        job_type="video_fast",
        options={"frames": 33},
    ),
)
