"""``make bench``: start a stack and the functions over it, load them, print the tables, write ``docs/bench.md``."""

import signal
import sys
from contextlib import ExitStack
from typing import Any, Final

import uvloop
from rich.console import Console

from tools.bench import attempts, recovery, submits
from tools.bench.attempts import Attempts
from tools.bench.cpu import Meter
from tools.bench.functions import DATABASES, Functions, serving
from tools.bench.profile import profile
from tools.bench.report import ROOT, Report
from tools.bench.site import Site
from tools.bench.stack import Stack, asleep, scratch_stack
from tools.bench.submits import Submits
from tools.bench.users import SigningKey

WIDTH: Final = 130
"""Characters a line where there is no terminal to ask."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _exit)
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print("Starting a stack and the functions, and loading them and killing workers, for three minutes …")
    key = SigningKey()
    with scratch_stack("--no-worker") as stack, asleep(stack.part("functions.app:app")):
        measured, messages = _measure(stack, key)
        shares = profile(stack, key)
    report = Report(measured, messages, shares, recovery.measure())
    for table, text in report.tables():
        console.print(table)
        console.print(text, end="\n\n")
    (ROOT / "docs" / "bench.md").write_text(report.markdown())
    return 0


def _measure(stack: Stack, key: SigningKey) -> tuple[Submits, Attempts]:
    with ExitStack() as servers:
        functions = {name: servers.enter_context(serving(stack, name, key.jwks)) for name in DATABASES}
        return uvloop.run(_load(stack, key, functions))


async def _load(stack: Stack, key: SigningKey, functions: dict[str, Functions]) -> tuple[Submits, Attempts]:
    api_key = stack.env["SUPABASE_PUBLISHABLE_KEY"]
    async with Site.open(stack, key) as site:
        return (
            await submits.measure(site, functions, api_key, Meter.of(stack, functions)),
            await attempts.measure(site, functions, stack),
        )


def _exit(number: int, _: Any) -> None:
    """Unlike death by the signal, this leaves every ``with`` in order: the stack and its folder go."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
