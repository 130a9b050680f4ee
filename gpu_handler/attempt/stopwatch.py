"""How long each stage of an attempt took."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Sums seconds by stage; the stages may run in several threads."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self._seconds[name] += time.monotonic() - started

    def seconds(self) -> dict[str, float]:
        # A copy first: another thread may be adding a stage.
        return {name: round(seconds, 3) for name, seconds in self._seconds.copy().items()}
