"""The test double: instant pictures whose pixels depend on prompt, negative prompt, numbers, seed and index."""

import hashlib
import time
from collections.abc import Mapping
from typing import Final

from PIL import Image

from gpu_handler.generators.outputs import Drawing, finished_picture
from gpu_handler.generators.parameters import drawing_parameters
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References, ReferenceUse
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
        return drawing_parameters(order, self._native).num_images

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
        parameters = drawing_parameters(order, self._native)
        started = time.monotonic()
        for step in range(parameters.steps):
            time.sleep(self.step_seconds)
            on_step(step + 1, parameters.steps)
        drawn = parameters.model_copy(update={"seed": parameters.seed + index, "num_images": 1})
        seen = b"".join(references.pictures[role].tobytes() for role in sorted(references.pictures))
        colours = hashlib.sha256(drawn.model_dump_json().encode() + seen).digest()
        image = Image.frombytes("RGB", (3, 3), colours[:27]).resize((drawn.width, drawn.height))
        drawing = Drawing(
            index=index,
            variant=self.variant,
            scheduler=parameters.scheduler or "none",
            steps=parameters.steps,
            seconds=time.monotonic() - started,
            use=ReferenceUse(mode="fake" if seen else "none", pictures=references.pictures, unused=references.missing),
        )
        return finished_picture(image, drawing, parameters)
