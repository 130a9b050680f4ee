"""The test double: answers that a test wrote down, and the calls that were made."""

from collections import defaultdict, deque
from typing import Any


class ScriptedDatabase:
    """``Database`` that gives the answers of ``will_answer`` in order, or raises those that are exceptions."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers: defaultdict[str, deque[dict[str, Any] | Exception]] = defaultdict(deque)

    def will_answer(self, function: str, *answers: dict[str, Any] | Exception) -> None:
        self._answers[function].extend(answers)

    async def call(self, function: str, **arguments: Any) -> dict[str, Any]:
        self.calls.append((function, arguments))
        answer = self._answers[function].popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def aclose(self) -> None:
        self._answers.clear()
