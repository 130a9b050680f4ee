"""SDXL through diffusers' pipelines on one set of weights, one image a forward pass."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

from gpu_handler.generators.diffusion import Diffusion
from gpu_handler.generators.memory import within_memory
from gpu_handler.generators.outputs import Drawing, copied_picture, finished_picture
from gpu_handler.generators.parameters import DrawingParameters, drawing_parameters
from gpu_handler.generators.prompts import weights_warnings
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References, ReferenceUse
from gpu_handler.generators.sdxl.references import steps_for, use_of
from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.weights import LocalWeights
from shared.job_types import Family
from shared.messages import JobOrder
from shared.prompt_weights import Fragment
from shared.schedulers import SchedulerName


class SdxlGenerator(Diffusion):
    """``Generator`` for the ``sdxl`` family."""

    family: Family = "sdxl"
    _adapter: Any = None

    def _load(self, found: LocalWeights, beside: tuple[CatalogEntry, LocalWeights] | None) -> None:
        from gpu_handler.generators.sdxl.adapter import AdapterLayers
        from gpu_handler.models.sdxl_loading import load_sdxl

        pipeline = load_sdxl(self._entry, found)
        if beside is not None:
            companion, weights = beside
            assert companion.adapter is not None
            self._adapter = AdapterLayers(pipeline, companion.adapter, weights)
        self.adopt(pipeline)

    def adopt(self, pipeline: Any) -> None:
        """Draw with this ``StableDiffusionXLPipeline``."""
        import diffusers
        import torch

        from gpu_handler.generators.sdxl.conditioning import Conditioning
        from gpu_handler.models.acceleration import compile_blocks
        from gpu_handler.models.loading import device_name
        from gpu_handler.models.sdxl_loading import image_to_image

        if pipeline.device.type == "cuda":
            compile_blocks(pipeline.unet, self._models_dir)
        self._published_scheduler = pipeline.scheduler
        self._conditioning = Conditioning(pipeline)
        self._from_picture = image_to_image(pipeline)
        self._pipeline = pipeline
        self.device = device_name()
        self.versions = {"torch": torch.__version__, "diffusers": diffusers.__version__}

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
        parameters = drawing_parameters(order, self._native)
        use = use_of(order, references, parameters, self._adapter and self._adapter.side)
        if use.mode == "exact_copy":
            return copied_picture(use, index, self.variant, parameters)
        scheduler = parameters.scheduler or self._entry.scheduler
        assert scheduler is not None
        started = time.monotonic()
        image, saved_memory = within_memory(
            lambda: self._draw(parameters, use, scheduler, index, on_step), self._saving_memory
        )
        drawing = Drawing(
            index=index,
            variant=self.variant,
            scheduler=scheduler,
            steps=_steps(parameters, use)[1],
            seconds=time.monotonic() - started,
            saved_memory=saved_memory,
            use=use,
            warnings=self._warnings(order, parameters, use),
        )
        return finished_picture(image, drawing, parameters)

    def _draw(
        self, parameters: DrawingParameters, use: ReferenceUse, scheduler: SchedulerName, index: int, on_step: OnStep
    ) -> Image.Image:
        import torch

        from gpu_handler.generators.schedulers import new_scheduler

        whole, real = _steps(parameters, use)

        def on_step_end(_pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            on_step(step + 1, real)
            return tensors

        try:
            with self._drawing_by(parameters, use) as (pipeline, arguments):
                pipeline.scheduler = new_scheduler(scheduler, self._published_scheduler)
                result = pipeline(
                    **self._conditioning.encode(parameters.prompts.positive, self._negative(parameters)),
                    **arguments,
                    num_inference_steps=whole,
                    guidance_scale=parameters.guidance_scale,
                    # The CPU's generator gives the same noise on every device.
                    generator=torch.Generator("cpu").manual_seed(parameters.seed + index),
                    callback_on_step_end=on_step_end,
                )
        finally:
            # diffusers computes SDXL's VAE in float32 and, where that fails, leaves it so.
            self._pipeline.vae.to(self._pipeline.unet.dtype)
        picture: Image.Image = result.images[0]
        return picture

    @contextmanager
    def _drawing_by(self, parameters: DrawingParameters, use: ReferenceUse) -> Iterator[tuple[Any, dict[str, Any]]]:
        """The pipeline, and what it is given for what it refers to."""
        size = {"width": parameters.width, "height": parameters.height}
        match use.mode:
            case "none":
                yield self._pipeline, size
            case "modify":
                denoise = use.strengths["denoise_strength"]
                yield self._from_picture, {"image": use.pictures["reference"], "strength": denoise}
            case kind:
                strength = use.strengths["reference_strength"]
                with self._adapter.applied(kind, strength, use.pictures["reference"]) as adapted:
                    yield self._pipeline, size | adapted

    def _negative(self, parameters: DrawingParameters) -> list[Fragment] | None:
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
    def _warnings(order: JobOrder, parameters: DrawingParameters, use: ReferenceUse) -> tuple[str, ...]:
        warnings = weights_warnings(order)
        if parameters.prompts.negative_prompt and parameters.guidance_scale <= 1:
            warnings.append("At a guidance scale of 1 the negative prompt had no effect.")
        return (*warnings, *use.warnings)


def _steps(parameters: DrawingParameters, use: ReferenceUse) -> tuple[int, int]:
    """Of the schedule, and of those that are made."""
    if use.mode == "modify":
        return steps_for(parameters.steps, use.strengths["denoise_strength"])
    return parameters.steps, parameters.steps
