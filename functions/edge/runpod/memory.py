"""The test double: the queues that workers were asked for."""

from functions.edge.runpod.protocol import RunPodUnavailable


class MemoryRunPod:
    """``RunPod`` that writes down; with ``is_down`` it refuses."""

    def __init__(self) -> None:
        self.drained: list[str] = []
        self.is_down = False

    async def drain(self, queue: str) -> None:
        if self.is_down:
            raise RunPodUnavailable("RunPod answered 500")
        self.drained.append(queue)
