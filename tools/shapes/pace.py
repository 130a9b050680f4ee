"""What all three trainings share: the optimizer, the learning rate's course and a line now and then."""

import math
import time
from collections.abc import Iterable, Iterator
from typing import Final

import torch
from torch.nn import Parameter
from torch.nn.utils import clip_grad_norm_

_LINES: Final = 60


class Pace:
    """AdamW with a linear warm-up and a cosine to a fiftieth, gradients cut to norm 1."""

    def __init__(self, name: str, parameters: Iterable[Parameter], steps: int, learning_rate: float) -> None:
        self.parameters = list(parameters)
        self._name = name
        self._steps = steps
        self._peak = learning_rate
        self._warm_up = max(1, steps // 30)
        self._optimizer = torch.optim.AdamW(self.parameters, learning_rate, betas=(0.9, 0.99), weight_decay=1e-3)
        self._loss = 0.0

    def steps(self) -> Iterator[int]:
        """Each step's number; prints the mean loss about sixty times."""
        every = max(1, self._steps // _LINES)
        started = time.monotonic()
        for step in range(self._steps):
            rate = self._rate(step)
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            yield step
            if (step + 1) % every == 0:
                seconds = time.monotonic() - started
                print(
                    f"{self._name} {step + 1}/{self._steps} loss {self._loss / every:.4f} {seconds:.0f} s", flush=True
                )
                self._loss = 0.0

    def learn(self, loss: torch.Tensor) -> None:
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        clip_grad_norm_(self.parameters, 1.0)
        self._optimizer.step()
        self._loss += loss.item()

    def _rate(self, step: int) -> float:
        cosine = 0.5 + 0.5 * math.cos(math.pi * step / self._steps)
        return self._peak * min(1.0, (step + 1) / self._warm_up) * (0.02 + 0.98 * cosine)
