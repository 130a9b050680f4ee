"""SDXL text to image through diffusers' ``StableDiffusionXLPipeline``, one image a forward pass."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gpu_handler.failures import BadInput, is_out_of_memory
from gpu_handler.generators.parameters import ImageParameters, image_parameters
from gpu_handler.generators.pictures import Drawing, finished_picture
from gpu_handler.generators.prompts import weights_warnings
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import names_reference, requires_reference
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.weights import find_weights
from shared.job_types import Family
from shared.messages import JobOrder
from shared.model_variants import ModelVariant
from shared.prompt_weights import Fragment
from shared.schedulers import SchedulerName


class SdxlGenerator:
    """``Generator`` for the ``sdxl`` family. torch and diffusers are imported when the model is loaded."""

    family: Family = "sdxl"

    def __init__(self, variant: ModelVariant, models_dir: Path | None) -> None:
        self._native = variant
        self._entry = CATALOG[variant.name]
        self._models_dir = models_dir
        self._pipeline: Any = None
        self.device = "not loaded"
        self.load_seconds = 0.0
        self.versions: Mapping[str, str] = {}

    @property
    def variant(self) -> str:
        return self._native.name

    def load(self) -> None:
        if self._pipeline is not None:
            return
        started = time.monotonic()
        found = find_weights(self._entry, self._models_dir)
        import diffusers
        import torch

        from gpu_handler.generators.conditioning import Conditioning
        from gpu_handler.models.loading import device_name, load_sdxl

        pipeline = load_sdxl(self._entry, found)
        self._published_scheduler = pipeline.scheduler
        self._conditioning = Conditioning(pipeline)
        self._pipeline = pipeline
        self.load_seconds = time.monotonic() - started
        self.device = device_name()
        self.versions = {"torch": torch.__version__, "diffusers": diffusers.__version__}

    def count(self, order: JobOrder) -> int:
        if requires_reference(order):
            raise BadInput("This model does not use reference images yet.")
        return image_parameters(order, self._native).num_images

    def generate(self, order: JobOrder, index: int, on_step: OnStep) -> Generated:
        parameters = image_parameters(order, self._native)
        scheduler = parameters.scheduler or self._entry.scheduler
        assert scheduler is not None
        started = time.monotonic()
        image, saved_memory = self._draw_within_memory(parameters, scheduler, index, on_step)
        drawing = Drawing(
            image=image,
            index=index,
            variant=self.variant,
            scheduler=scheduler,
            seconds=time.monotonic() - started,
            saved_memory=saved_memory,
            warnings=self._warnings(order, parameters),
        )
        return finished_picture(drawing, parameters)

    def _draw_within_memory(
        self, parameters: ImageParameters, scheduler: SchedulerName, index: int, on_step: OnStep
    ) -> tuple[Any, bool]:
        """The image, and whether memory had to be saved for it."""
        try:
            return self._draw(parameters, scheduler, index, on_step), False
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # Here, and not above: an exception in flight holds the tensors of every frame it came through.
        with self._saving_memory():
            return self._draw(parameters, scheduler, index, on_step), True

    def _draw(self, parameters: ImageParameters, scheduler: SchedulerName, index: int, on_step: OnStep) -> Any:
        import torch

        from gpu_handler.generators.schedulers import new_scheduler

        def on_step_end(_pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            on_step(step + 1, parameters.steps)
            return tensors

        pipeline = self._pipeline
        pipeline.scheduler = new_scheduler(scheduler, self._published_scheduler)
        try:
            result = pipeline(
                **self._conditioning.encode(parameters.prompts.positive, self._negative(parameters)),
                num_inference_steps=parameters.steps,
                guidance_scale=parameters.guidance_scale,
                width=parameters.width,
                height=parameters.height,
                # The CPU's generator gives the same noise on every device.
                generator=torch.Generator("cpu").manual_seed(parameters.seed + index),
                callback_on_step_end=on_step_end,
            )
        finally:
            # diffusers decodes SDXL in float32 and, where that fails, leaves the VAE so.
            pipeline.vae.to(pipeline.unet.dtype)
        return result.images[0]

    def _negative(self, parameters: ImageParameters) -> list[Fragment] | None:
        """``None`` leaves it to the pipeline, which compares with zeros where the model was trained so."""
        if parameters.guidance_scale <= 1:
            return None
        zeros = self._pipeline.config.force_zeros_for_empty_prompt
        return None if zeros and not parameters.prompts.negative else parameters.prompts.negative

    @contextmanager
    def _saving_memory(self) -> Iterator[None]:
        """Decoding in tiles of half the model's own side; afterwards as before, so other pictures keep their pixels.

        Decoding is where SDXL needs most. Slices would save nothing: there is one image a pass, and attention in slices
        takes more memory than torch's own (diffusers' ``enable_attention_slicing`` warns of it).
        """
        import torch

        torch.cuda.empty_cache()
        vae = self._pipeline.vae
        whole = vae.tile_sample_min_size, vae.tile_latent_min_size
        vae.tile_sample_min_size, vae.tile_latent_min_size = (side // 2 for side in whole)
        vae.enable_tiling()
        try:
            yield
        finally:
            vae.disable_tiling()
            vae.tile_sample_min_size, vae.tile_latent_min_size = whole
            torch.cuda.empty_cache()

    @staticmethod
    def _warnings(order: JobOrder, parameters: ImageParameters) -> tuple[str, ...]:
        warnings = weights_warnings(order)
        if parameters.prompts.negative_prompt and parameters.guidance_scale <= 1:
            warnings.append("At a guidance scale of 1 the negative prompt had no effect.")
        if names_reference(order):
            warnings.append("The reference image was not used.")
        return tuple(warnings)
