"""``python -m tools.moving_shapes train FOLDER | evaluate | sheet FILE``."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from tools.moving_shapes.evaluate import FOLDER, tables
from tools.moving_shapes.parts import load
from tools.moving_shapes.sheet import sheet
from tools.moving_shapes.train import Plan, train

CARD: Final = FOLDER / "README.md"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    match options.command:
        case "train":
            plan = Plan(options.text_steps, options.vae_steps, options.transformer_steps, options.seed)
            train(options.folder, plan)
        case "evaluate":
            return _evaluate()
        case "sheet":
            sheet(load(FOLDER)).save(options.file)
    return 0


def _evaluate() -> int:
    """0 if the model still does what its card says."""
    measured = tables()
    print(*measured, sep="\n\n")
    if all(table in CARD.read_text() for table in measured):
        print("As the card says.")
        return 0
    print("The card says otherwise.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.moving_shapes", description="The demo video model's maker.")
    commands = parser.add_subparsers(dest="command", required=True)
    trainer = commands.add_parser("train", help="train the model from nothing and save it")
    trainer.add_argument("folder", type=Path)
    for field in fields(Plan):
        trainer.add_argument(f"--{field.name.replace('_', '-')}", type=int, default=field.default)
    commands.add_parser("evaluate", help="measure the committed model and compare with its card")
    picture = commands.add_parser("sheet", help="a few videos as strips of frames in one PNG")
    picture.add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
