import pytest
import torch
from torch.nn import Parameter

from tools.shapes.pace import Pace


def rates(steps: int) -> list[float]:
    pace = Pace("x", [Parameter(torch.zeros(1))], steps, 1.0)
    return [pace._optimizer.param_groups[0]["lr"] for _ in pace.steps()]


def test_the_learning_rate_warms_up_and_falls_to_a_fiftieth() -> None:
    course = rates(300)

    assert course[0] < course[5] < course[9]
    assert max(course) == pytest.approx(1.0, abs=0.01)
    assert course[10:] == sorted(course[10:], reverse=True)
    assert course[-1] == pytest.approx(0.02, abs=0.001)


def test_a_training_finds_the_minimum() -> None:
    parameter = Parameter(torch.tensor([3.0]))
    pace = Pace("x", [parameter], 200, 0.1)

    for _ in pace.steps():
        pace.learn((parameter - 1).square().sum())

    assert parameter.item() == pytest.approx(1.0, abs=0.05)


def test_no_single_gradient_throws_the_weights_away() -> None:
    parameter = Parameter(torch.tensor([0.0]))
    pace = Pace("x", [parameter], 2, 0.1)

    for _ in pace.steps():
        pace.learn(parameter.sum() * 1e12)

    assert parameter.grad is not None
    assert parameter.grad.norm() <= 1.001


def test_sixty_lines_tell_of_the_loss(capsys: pytest.CaptureFixture[str]) -> None:
    parameter = Parameter(torch.tensor([1.0]))
    pace = Pace("unet", [parameter], 120, 0.0)

    for _ in pace.steps():
        pace.learn(parameter.square().sum())

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 60
    assert lines[0].startswith("unet 2/120 loss 1.0000 ")
