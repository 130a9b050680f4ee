"""uvicorn with a sampling profiler in its process: ``python -m tools.bench.sampler FILE`` and uvicorn's arguments.

From SIGUSR1 on it notes the Python stack every few milliseconds of CPU time; what runs in C counts for the Python
function that called it. At the end the file gets ``[[["file:function", …, outermost first], samples], …]``.
"""

import json
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any, Final

import uvicorn

START: Final = signal.SIGUSR1
_INTERVAL_SECONDS: Final = 0.002


class Sampler:
    def __init__(self) -> None:
        self._stacks: Counter[tuple[str, ...]] = Counter()

    def start(self, *_: Any) -> None:
        signal.signal(signal.SIGPROF, self._note)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL_SECONDS, _INTERVAL_SECONDS)

    def save(self, file: Path) -> None:
        """Stops, too."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        file.write_text(json.dumps(list(self._stacks.items())))

    def _note(self, _: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(f"{frame.f_code.co_filename}:{frame.f_code.co_qualname}")
            frame = frame.f_back
        self._stacks[tuple(reversed(stack))] += 1


def main() -> None:
    file, *arguments = sys.argv[1:]
    sampler = Sampler()
    signal.signal(START, sampler.start)
    # uvicorn sends itself the signal again once it has shut down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        uvicorn.main(arguments)
    finally:
        sampler.save(Path(file))


if __name__ == "__main__":
    main()
