"""What is said of a job at its end, by an attempt or inline."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gpu_handler.failures import Failure
from gpu_handler.generators.prompts import read_prompts
from gpu_handler.generators.protocol import Generator
from shared.messages import Asset, EndReport, EndStatus, JobOrder, Output


def job_metadata(
    order: JobOrder, generator: Generator, worker_id: str, stage_seconds: Mapping[str, float], warnings: Sequence[str]
) -> dict[str, Any]:
    """How the job was made. Times are in seconds."""
    return {
        "job_type": order.type,
        "original_prompt": order.prompt,
        "seed": int(order.config["seed"]),
        "num_images": generator.count(order),
        "model_variant": generator.variant,
        "worker_used": generator.family,
        "worker_id": worker_id,
        "device": generator.device,
        "versions": dict(generator.versions),
        "model_load_seconds": round(generator.load_seconds, 3),
        "generation_time": stage_seconds.get("generate", 0.0),
        "stage_seconds": dict(stage_seconds),
        "warnings": list(dict.fromkeys(warnings)),
        **read_prompts(order).metadata(),
    }


def end_report(
    job_id: str,
    status: EndStatus,
    outputs: Iterable[Output],
    metadata: Mapping[str, Any],
    failure: Failure | None = None,
) -> EndReport:
    """``outputs`` are all there are, those of earlier attempts too: a next attempt makes only what is missing."""
    return EndReport(
        job_id=job_id,
        status=status,
        assets=[_asset(output) for output in sorted(outputs, key=lambda output: output.index)],
        error_message=failure.message if failure else None,
        error_code=failure.code if failure else None,
        retryable=failure.retryable if failure else False,
        metadata=dict(metadata),
    )


def _asset(output: Output) -> Asset:
    return Asset(
        type="video" if output.path.endswith(".mp4") else "image",
        url=output.path,
        thumbnail_url=output.thumbnail_path,
        metadata=output.metadata,
    )
