"""Plans, drawn from seeds."""

from collections import Counter

import pytest

from tests.chaos.campaign import KILLS
from tests.chaos.plan import Kind, Plan

PLANS = [Plan.drawn(seed) for seed in range(2000)]


def test_a_seed_draws_the_same_plan_every_time() -> None:
    assert [Plan.drawn(seed) for seed in range(50)] == PLANS[:50]


def test_seeds_draw_different_plans() -> None:
    assert len({plan.faults for plan in PLANS}) > 1500


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_fault_is_drawn_often_and_at_more_than_one_moment(kind: Kind) -> None:
    drawn = [fault for plan in PLANS for fault in plan.faults if fault.kind is kind]
    assert len(drawn) > 40
    assert len({(fault.step, fault.nth, fault.moment) for fault in drawn}) > 1


def test_real_kills_are_in_more_than_a_fifth_of_the_plans() -> None:
    with_kills = sum(any(fault.kind in KILLS for fault in plan.faults) for plan in PLANS)
    assert with_kills > len(PLANS) * 0.3


def test_some_jobs_are_cursed_at_every_attempt_they_have() -> None:
    lengths = Counter(len(plan.faults) for plan in PLANS if len(plan.images) == 1)
    assert lengths[4] > 100


def test_a_repeated_refund_has_a_refund_to_repeat() -> None:
    repeated = [plan for plan in PLANS if any(fault.kind is Kind.REPEAT_REFUND for fault in plan.faults)]
    assert repeated
    assert all(any(fault.kind is Kind.CANCEL for fault in plan.faults) for plan in repeated)
