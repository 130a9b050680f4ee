"""The workers' generator: quick, without a model, and out of memory when it is told so."""

from threading import Event

from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.generators.protocol import Generated, OnStep
from gpu_handler.generators.references import References
from shared.messages import JobOrder
from shared.model_variants import MODEL_SETS


class QuickGenerator(FakeGenerator):
    def __init__(self, step_seconds: float) -> None:
        super().__init__(MODEL_SETS["demo"]["sdxl"], step_seconds)
        self._exhausted = Event()

    def exhaust(self) -> None:
        """The next step fails, and those after it go on as before."""
        self._exhausted.set()

    def recover(self) -> None:
        self._exhausted.clear()

    def generate(self, order: JobOrder, index: int, references: References, on_step: OnStep) -> Generated:
        def step(done: int, total: int) -> None:
            if self._exhausted.is_set():
                self._exhausted.clear()
                raise MemoryError
            on_step(done, total)

        return super().generate(order, index, references, step)
