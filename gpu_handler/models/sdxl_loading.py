# mypy: allow-untyped-calls
# (diffusers counts as typed and annotates little.)
"""From SDXL's weights on disk to pipelines in memory."""

from typing import Any

from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline

from gpu_handler.models.catalog import CatalogEntry
from gpu_handler.models.loading import check_tokenizer, device, dtype_of, quiet_libraries, variant_in
from gpu_handler.models.weights import LocalWeights


def load_sdxl(entry: CatalogEntry, weights: LocalWeights) -> Any:
    """The ``StableDiffusionXLPipeline`` of the weights, on the best device there is.

    Raises ``ModelUnavailable`` without tokenizers; whatever else is missing or damaged, the libraries' own exceptions.
    """
    quiet_libraries()
    # Where a VAE asks for float32, diffusers decodes in it.
    dtype = dtype_of(entry)
    if weights.config is None:
        pipeline = StableDiffusionXLPipeline.from_pretrained(
            weights.path,
            dtype=dtype,
            variant=variant_in(weights.path / "unet"),
            local_files_only=True,
            use_safetensors=True,
            add_watermarker=False,
        )
    else:
        pipeline = StableDiffusionXLPipeline.from_single_file(
            str(weights.path),
            config=str(weights.config),
            torch_dtype=dtype,
            local_files_only=True,
            add_watermarker=False,
        )
    for tokenizer, encoder in (("tokenizer", "text_encoder"), ("tokenizer_2", "text_encoder_2")):
        check_tokenizer(entry, pipeline, tokenizer, encoder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device())


def image_to_image(pipeline: Any) -> Any:
    """A ``StableDiffusionXLImg2ImgPipeline`` of the same parts; no weight is there twice."""
    # Unless it is told, from_pipe makes float32 of all of them.
    other: Any = StableDiffusionXLImg2ImgPipeline.from_pipe(pipeline, dtype=pipeline.dtype, add_watermarker=False)
    other.set_progress_bar_config(disable=True)
    return other
