"""``python -m tools.small_chat train FOLDER | evaluate``."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from tools.small_chat.evaluate import NAME, table
from tools.small_chat.training import Plan, train

CARD: Final = Path(__file__).parents[2] / "gpu_handler" / "models" / NAME / "README.md"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "train":
        train(options.folder, Plan(options.steps, options.seed))
        return 0
    measured = table()
    print(measured)
    if measured in CARD.read_text():
        print("As the card says.")
        return 0
    print("The card says otherwise.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.small_chat", description="The demo's language model.")
    commands = parser.add_subparsers(dest="command", required=True)
    trainer = commands.add_parser("train", help="train the model from nothing and save it")
    trainer.add_argument("folder", type=Path)
    for field in fields(Plan):
        trainer.add_argument(f"--{field.name}", type=int, default=field.default)
    commands.add_parser("evaluate", help="measure the committed model and compare with its card")
    return parser


if __name__ == "__main__":
    sys.exit(main())
