# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""From a scheduler's name to diffusers' class and settings.

The names and their settings: https://huggingface.co/docs/diffusers/api/schedulers/overview
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    UniPCMultistepScheduler,
)

from shared.schedulers import SchedulerName

_CLASSES: Final[Mapping[SchedulerName, tuple[Any, Mapping[str, Any]]]] = MappingProxyType(
    {
        # Karras' sigmas are named where they are meant: a published scheduler may bring them along.
        "euler": (EulerDiscreteScheduler, {"use_karras_sigmas": False}),
        "euler_a": (EulerAncestralDiscreteScheduler, {}),
        "dpmpp_2m": (DPMSolverMultistepScheduler, {"use_karras_sigmas": False}),
        "dpmpp_2m_karras": (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
        "unipc": (UniPCMultistepScheduler, {"use_karras_sigmas": False}),
        # Its defaults are made for pictures in -1..1, not for latents.
        "ddim": (DDIMScheduler, {"clip_sample": False, "set_alpha_to_one": False}),
    }
)


def new_scheduler(name: SchedulerName, published: Any) -> Any:
    """A fresh scheduler with the noise schedule of the one ``published`` with the weights."""
    scheduler, settings = _CLASSES[name]
    return scheduler.from_config(published.config, **settings)


FLOW_SHIFT: Final = 5.0
"""How far Wan's schedule leans towards the noisy end; the documents' value."""


def new_flow_scheduler(published: Any) -> Any:
    """A fresh UniPC for a model that was trained with flow matching."""
    return UniPCMultistepScheduler.from_config(published.config, flow_shift=FLOW_SHIFT)
