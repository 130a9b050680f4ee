"""The test double: instant pictures whose pixels depend on prompt, negative prompt, numbers, seed and index."""

import hashlib
import time
from collections.abc import Mapping
from typing import Final

from PIL import Image

from gpu_handler.generators.parameters import image_parameters
from gpu_handler.generators.pictures import Drawing, finished_picture
from gpu_handler.generators.protocol import Generated, OnStep
from shared.job_types import Family
from shared.messages import JobOrder
from shared.model_variants import ModelVariant

FAKE: Final = ModelVariant("fake", 64, 64)


class FakeGenerator:
    """``Generator`` without a model. Each step sleeps ``step_seconds``."""

    family: Family = "sdxl"
    device = "none"
    load_seconds = 0.0
    versions: Mapping[str, str] = {}

    def __init__(self, native: ModelVariant = FAKE, step_seconds: float = 0.0) -> None:
        self.step_seconds = step_seconds
        self.loads = 0
        self._native = native

    @property
    def variant(self) -> str:
        return self._native.name

    def load(self) -> None:
        self.loads += 1

    def count(self, order: JobOrder) -> int:
        return image_parameters(order, self._native).num_images

    def generate(self, order: JobOrder, index: int, on_step: OnStep) -> Generated:
        parameters = image_parameters(order, self._native)
        started = time.monotonic()
        for step in range(parameters.steps):
            time.sleep(self.step_seconds)
            on_step(step + 1, parameters.steps)
        drawn = parameters.model_copy(update={"seed": parameters.seed + index, "num_images": 1})
        colours = hashlib.sha256(drawn.model_dump_json().encode()).digest()
        image = Image.frombytes("RGB", (3, 3), colours[:27]).resize((drawn.width, drawn.height))
        drawing = Drawing(image, index, self.variant, parameters.scheduler or "none", time.monotonic() - started)
        return finished_picture(drawing, parameters)
