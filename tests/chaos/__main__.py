"""``python -m tests.chaos --runs 300 --seed 4242``: run ``i`` has the seed 4242 + i; one run of it replays it."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from tests.chaos.campaign import Campaign


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--arenas", type=int, default=2, help="how many stacks run at the same time")
    parser.add_argument("--report", type=Path, help="where to write what was seen, as JSON")
    options = parser.parse_args()
    campaign = Campaign(range(options.seed, options.seed + options.runs))
    try:
        asyncio.run(_until_stopped(campaign, options.arenas))
    except asyncio.CancelledError:
        sys.exit(1)
    finally:
        # A campaign that was stopped tells what it saw until then.
        if options.report is not None:
            campaign.write(options.report)
    sys.exit(bool(campaign.violations))


async def _until_stopped(campaign: Campaign, arenas: int) -> None:
    """SIGTERM cancels: unlike death by the signal, that leaves every ``with``, and the arenas' folders go."""
    running = asyncio.ensure_future(campaign.run(arenas))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await running


if __name__ == "__main__":
    main()
