"""What the processes complained of: a defect that surfaced is a violation, whatever it did to the rows."""

import re
from pathlib import Path
from typing import Final

from tests.chaos.arena import Arena

_COMPLAINTS: Final = {
    # Storage learns from its unique index that an object exists, and answers 409.
    "postgres": re.compile(r"ERROR: (?!.*bucketid_objname).*"),
    "functions": re.compile(r"Traceback[^\0]*?\n(?=\S)[^\n]*|.*\bERROR\b.*"),
    "worker": re.compile(r"^Traceback[^\0]*?\n(?=\S)[^\n]*|.*set aside.*", re.MULTILINE),
}


class Logs:
    """Reads each log on from where it was read before."""

    def __init__(self, arena: Arena) -> None:
        log = arena.project.log
        self._logs: list[tuple[str, Path]] = [
            ("postgres", log("postgres")),
            *(("functions", log(name)) for name in arena.functions),
            *(("worker", log(name)) for name in arena.workers),
        ]
        self._read = {path: path.stat().st_size if path.exists() else 0 for _, path in self._logs}

    def complaints(self) -> list[str]:
        found = []
        for kind, path in self._logs:
            if path.exists():
                with path.open("rb") as log:
                    log.seek(self._read[path])
                    text = log.read().decode(errors="replace")
                    self._read[path] = log.tell()
                found += [f"{kind}: {line.strip()}" for line in _COMPLAINTS[kind].findall(text)]
        return found
