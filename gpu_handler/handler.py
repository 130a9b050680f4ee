"""RunPod's entry: ``python -m gpu_handler.handler``.

``{"input": {"queues": [...], "max_jobs"?, "max_seconds"?}}`` empties queues; ``{"input": <standard payload>}`` runs
that one job. torch, diffusers and runpod are imported when they are first needed.
"""

import asyncio
import logging
import os
from functools import cache
from typing import Any, Final

from gpu_handler.failures import ModelUnavailable
from gpu_handler.parts import Parts
from gpu_handler.settings import SettingsError, WorkerSettings, read_settings
from gpu_handler.stopping import run_in_thread, stopped_by_signals
from gpu_handler.tasks.inputs import InvalidInput, task_for

_one_at_a_time: Final = asyncio.Lock()


@cache
def process_parts() -> Parts:
    """Made at the first job and kept: the models stay loaded between jobs. Raises ``SettingsError``."""
    return Parts(read_settings(WorkerSettings))


async def handler(event: dict[str, Any]) -> dict[str, Any]:
    """One RunPod job; what went wrong is told in ``error``."""
    try:
        async with _one_at_a_time:
            with task_for(event.get("input"), process_parts()) as task, stopped_by_signals(task.stop):
                return await run_in_thread(task.run, task.stop)
    except (SettingsError, InvalidInput, ModelUnavailable) as error:
        return {"error": str(error)}


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # RunPod's default level prints every job's input and output, prompts among them.
    os.environ.setdefault("RUNPOD_LOG_LEVEL", "INFO")
    import runpod.serverless

    runpod.serverless.start({"handler": handler})


if __name__ == "__main__":
    main()
