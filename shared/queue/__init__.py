"""The queue: three Redis lists that only tell a worker there is something to ask for. Postgres is the truth."""

from shared.queue.memory import MemoryQueue
from shared.queue.protocol import QueueError, QueueReader, QueueWriter
from shared.queue.upstash import UpstashQueueReader, UpstashQueueWriter

__all__ = [
    "MemoryQueue",
    "QueueError",
    "QueueReader",
    "QueueWriter",
    "UpstashQueueReader",
    "UpstashQueueWriter",
]
