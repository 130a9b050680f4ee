"""The seam to workers that have an HTTP face: ask one for its health, for an answer, for a better prompt."""

from functions.edge.workers.http import HttpWorkers
from functions.edge.workers.memory import MemoryWorkers
from functions.edge.workers.protocol import WorkerFailed, Workers, WorkerTimeout

__all__ = ["HttpWorkers", "MemoryWorkers", "WorkerFailed", "WorkerTimeout", "Workers"]
