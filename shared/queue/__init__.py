"""The queue: three Redis lists that only tell a worker there is something to ask for. Postgres is the truth.

``shared.queue.upstash`` is the real one, ``shared.queue.memory`` the test double. Neither is imported here: the
functions load the client when they start to serve, not when they are imported.
"""

from shared.queue.protocol import QueueError, QueueReader, QueueWriter

__all__ = ["QueueError", "QueueReader", "QueueWriter"]
