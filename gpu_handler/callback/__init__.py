"""The seam to the edge function ``job-callback``: claim, progress, end."""

from gpu_handler.callback.http import HttpJobCallback
from gpu_handler.callback.memory import MemoryJobCallback
from gpu_handler.callback.protocol import AttemptOver, CallbackRefused, JobCallback

__all__ = ["AttemptOver", "CallbackRefused", "HttpJobCallback", "JobCallback", "MemoryJobCallback"]
