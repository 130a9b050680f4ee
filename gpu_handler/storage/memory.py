"""The test double: objects in this process."""

from collections import deque

from shared.messages import Upload


class MemoryObjectStorage:
    """Keeps objects by path. Put exceptions into ``troubles``: each call raises the oldest one instead."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.troubles: deque[Exception] = deque()

    def put(self, upload: Upload, data: bytes) -> None:
        if self.troubles:
            raise self.troubles.popleft()
        self.objects.setdefault(upload.path, data)
