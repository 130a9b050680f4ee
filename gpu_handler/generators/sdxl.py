"""SDXL text to image through diffusers' ``StableDiffusionXLPipeline``, one image a forward pass."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpu_handler.failures import BadInput, is_out_of_memory
from gpu_handler.generators.parameters import ImageParameters, image_parameters
from gpu_handler.generators.pictures import Drawing, finished_picture
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import names_reference, requires_reference
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.weights import weights
from shared.job_types import Family
from shared.messages import JobOrder
from shared.model_variants import ModelVariant


class SdxlGenerator:
    """``Generator`` for the ``sdxl`` family. torch and diffusers are imported when the model is loaded."""

    family: Family = "sdxl"

    def __init__(self, variant: ModelVariant, models_dir: Path | None) -> None:
        self._native = variant
        self._models_dir = models_dir
        self._pipeline: Any = None
        self.device = "not loaded"
        self.versions: Mapping[str, str] = {}

    @property
    def variant(self) -> str:
        return self._native.name

    def load(self) -> None:
        if self._pipeline is not None:
            return
        with weights(CATALOG[self.variant], self._models_dir) as folder:
            import diffusers
            import torch

            from gpu_handler.models.loading import device_name, load_sdxl

            self._pipeline = load_sdxl(folder)
        self.device = device_name()
        self.versions = {"torch": torch.__version__, "diffusers": diffusers.__version__}

    def count(self, order: JobOrder) -> int:
        if requires_reference(order):
            raise BadInput("This model does not use reference images yet.")
        return image_parameters(order, self._native).num_images

    def generate(self, order: JobOrder, index: int, on_step: OnStep) -> Generated:
        parameters = image_parameters(order, self._native)
        started = time.monotonic()
        try:
            image = self._draw(parameters, index, on_step)
        except Exception as error:
            if is_out_of_memory(error):
                self._free_cache()
            raise
        drawing = Drawing(
            image=image,
            index=index,
            variant=self.variant,
            scheduler=type(self._pipeline.scheduler).__name__,
            seconds=time.monotonic() - started,
            warnings=self._warnings(order, parameters),
        )
        return finished_picture(drawing, parameters)

    def _draw(self, parameters: ImageParameters, index: int, on_step: OnStep) -> Any:
        import torch

        def on_step_end(_pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            on_step(step + 1, parameters.steps)
            return tensors

        result = self._pipeline(
            prompt=parameters.prompt,
            negative_prompt=parameters.negative_prompt,
            num_inference_steps=parameters.steps,
            guidance_scale=parameters.guidance_scale,
            width=parameters.width,
            height=parameters.height,
            # The CPU's generator gives the same noise on every device.
            generator=torch.Generator("cpu").manual_seed(parameters.seed + index),
            callback_on_step_end=on_step_end,
        )
        return result.images[0]

    def _warnings(self, order: JobOrder, parameters: ImageParameters) -> tuple[str, ...]:
        warnings = []
        limit = self._pipeline.tokenizer.model_max_length
        for name, text in (("prompt", parameters.prompt), ("negative prompt", parameters.negative_prompt or "")):
            if len(self._pipeline.tokenizer(text).input_ids) > limit:
                warnings.append(f"The {name} is longer than {limit} tokens; the rest had no effect.")
        if parameters.negative_prompt and parameters.guidance_scale <= 1:
            warnings.append("At a guidance scale of 1 the negative prompt had no effect.")
        if names_reference(order):
            warnings.append("The reference image was not used.")
        if order.compel_enabled:
            warnings.append("The prompt weights were not applied.")
        return tuple(warnings)

    @staticmethod
    def _free_cache() -> None:
        import torch

        torch.cuda.empty_cache()
