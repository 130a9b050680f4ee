"""The check can fail: with a protection cut out, runs that strike where it stands report it."""

from collections.abc import Iterator
from itertools import count, islice

import aiohttp
import pytest

from tests.chaos import run
from tests.chaos.arena import Arena
from tests.chaos.logs import Logs
from tests.chaos.plan import Plan
from tests.chaos.protections import PROTECTIONS, Protection, without
from tests.chaos.run import Run

MOST_RUNS = 40


def plans(protection: Protection) -> Iterator[Plan]:
    """Those of the first seeds that strike where it stands."""
    drawn = (Plan.drawn(seed) for seed in count(1))
    return islice((plan for plan in drawn if protection.is_tried_by(plan)), MOST_RUNS)


@pytest.mark.parametrize("name", PROTECTIONS)
async def test_runs_report_a_protection_that_is_cut_out(
    arena: Arena, http: aiohttp.ClientSession, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A job that never ends has shown so after a few seconds.
    monkeypatch.setattr(run, "BOUND_SECONDS", 4.0)
    protection = PROTECTIONS[name]
    logs = Logs(arena)
    async with without(arena, protection):
        for number, plan in enumerate(plans(protection), 1):
            outcome = await Run(arena, http, logs, plan).outcome()
            if outcome.violations:
                print(f"{name}: run {number}, seed {plan.seed}: {outcome.violations}")
                return
    pytest.fail(f"{MOST_RUNS} runs without the {name} found nothing")
