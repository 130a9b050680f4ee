"""Wan 2.1 through diffusers' pipelines: videos, and pictures as videos of one frame. One output a forward pass."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

from gpu_handler.generators.diffusion import Diffusion
from gpu_handler.generators.memory import within_memory
from gpu_handler.generators.outputs import Drawing, finished_picture, finished_video
from gpu_handler.generators.parameters import DrawingParameters, drawing_parameters
from gpu_handler.generators.prompts import weights_warnings
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References, ReferenceUse
from gpu_handler.generators.wan.references import conditions, use_of
from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.weights import LocalWeights
from shared.job_types import Family
from shared.messages import JobOrder


class WanGenerator(Diffusion):
    """``Generator`` for the ``wan`` family."""

    family: Family = "wan"

    def _load(self, found: LocalWeights, beside: tuple[CatalogEntry, LocalWeights] | None) -> None:
        from gpu_handler.models.wan_loading import load_vace, load_wan

        assert beside is not None
        pipeline = load_wan(self._entry, found)
        self.adopt(pipeline, load_vace(pipeline, beside[1]))

    def adopt(self, pipeline: Any, vace: Any) -> None:
        """Draw with this ``WanPipeline``, and with that ``WanVACEPipeline`` what refers to pictures."""
        import diffusers
        import torch

        from gpu_handler.generators.wan.prompts import WanPrompts
        from gpu_handler.models.acceleration import choose_attention, compile_blocks
        from gpu_handler.models.loading import device_name

        attention = {choose_attention(each.transformer) for each in (pipeline, vace)}
        if pipeline.device.type == "cuda":
            for each in (pipeline, vace):
                compile_blocks(each.transformer, self._models_dir)
        self._published_scheduler = pipeline.scheduler
        self._prompts = WanPrompts(pipeline)
        self._vace = vace
        self._pipeline = pipeline
        self.device = device_name()
        self.versions = {
            "torch": torch.__version__,
            "diffusers": diffusers.__version__,
            "attention": ", ".join(sorted(attention)),
        }

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
        parameters = drawing_parameters(order, self._native)
        use = use_of(order, references, parameters)
        text = self._prompts.cut(parameters.prompts.final)
        started = time.monotonic()
        frames, saved_memory = within_memory(
            lambda: self._draw(parameters, use, text, index, on_step), self._saving_memory
        )
        drawing = Drawing(
            index=index,
            variant=self.variant,
            scheduler=str(self._entry.scheduler),
            steps=parameters.steps,
            seconds=time.monotonic() - started,
            saved_memory=saved_memory,
            use=use,
            warnings=(*self._warnings(order, parameters, text), *use.warnings),
        )
        if parameters.fps:
            return finished_video(frames, drawing, parameters)
        return finished_picture(frames[0], drawing, parameters)

    def _draw(
        self, parameters: DrawingParameters, use: ReferenceUse, text: str, index: int, on_step: OnStep
    ) -> list[Image.Image]:
        import torch

        from gpu_handler.generators.schedulers import new_flow_scheduler

        def on_step_end(_pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            on_step(step + 1, parameters.steps)
            return tensors

        pipeline, arguments = self._pipeline, {}
        if use.pictures:
            pipeline, arguments = self._vace, conditions(use.pictures, parameters)
            arguments["conditioning_scale"] = use.strengths["reference_strength"]
        if parameters.guidance_scale > 1:
            negative = parameters.prompts.negative_prompt or ""
            arguments["negative_prompt_embeds"] = self._prompts.embeddings(negative)
        pipeline.scheduler = new_flow_scheduler(self._published_scheduler)
        result = pipeline(
            prompt_embeds=self._prompts.embeddings(text),
            **arguments,
            width=parameters.width,
            height=parameters.height,
            num_frames=parameters.frames,
            num_inference_steps=parameters.steps,
            guidance_scale=parameters.guidance_scale,
            # The CPU's generator gives the same noise on every device.
            generator=torch.Generator("cpu").manual_seed(parameters.seed + index),
            callback_on_step_end=on_step_end,
            output_type="pil",
        )
        frames: list[Image.Image] = result.frames[0]
        return frames

    @contextmanager
    def _saving_memory(self) -> Iterator[None]:
        """Decoding in tiles of half the model's own sides; afterwards as before, so other videos keep their pixels."""
        import torch

        torch.cuda.empty_cache()
        vae = self._pipeline.vae
        height, width = self._native.height // 2, self._native.width // 2
        vae.enable_tiling(height, width, height * 3 // 4, width * 3 // 4)
        try:
            yield
        finally:
            vae.disable_tiling()
            torch.cuda.empty_cache()

    def _warnings(self, order: JobOrder, parameters: DrawingParameters, text: str) -> list[str]:
        warnings = weights_warnings(order)
        if parameters.prompts.negative_prompt and parameters.guidance_scale <= 1:
            warnings.append("At a guidance scale of 1 the negative prompt had no effect.")
        if parameters.scheduler not in (None, self._entry.scheduler):
            warnings.append(f"The scheduler {parameters.scheduler} is not this model's: {self._entry.scheduler} drew.")
        if text != parameters.prompts.final.strip():
            warnings.append("The prompt was cut at a sentence: the model reads 512 tokens.")
        return warnings
