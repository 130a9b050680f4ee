"""The RunPod seam: wake workers for a queue."""

from functions.edge.runpod.http import HttpRunPod
from functions.edge.runpod.memory import MemoryRunPod
from functions.edge.runpod.protocol import RunPod, RunPodUnavailable

__all__ = ["HttpRunPod", "MemoryRunPod", "RunPod", "RunPodUnavailable"]
