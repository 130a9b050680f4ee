import torch
from torch import nn

from tools.moving_shapes.optimizer import MuonPace


class _Model(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(4, 4)])
        self.out = nn.Linear(4, 2)


def test_matrices_of_blocks_are_muon_s_and_everything_learns_at_one_rate() -> None:
    model = _Model()
    pace = MuonPace("x", model, 4, 1e-2)
    muon, adam = pace._optimizer._optimizers
    before = [parameter.detach().clone() for parameter in model.parameters()]

    for _ in pace.steps():
        pace.learn(model.out(model.blocks[0](torch.ones(3, 4))).square().mean())

    assert [id(one) for one in muon.param_groups[0]["params"]] == [id(model.blocks[0].weight)]
    assert len(adam.param_groups[0]["params"]) == 3
    assert len({group["lr"] for group in pace._optimizer.param_groups}) == 1
    assert all(not torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True))
