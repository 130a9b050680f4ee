"""``python -m tools.shapes train FOLDER | evaluate | sheet FILE``."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from tools.shapes.evaluate import draw, load_generator, table
from tools.shapes.sheet import contact_sheet
from tools.shapes.train import Plan, train
from tools.shapes.world import held_out

CARD: Final = Path(__file__).parents[2] / "gpu_handler" / "models" / "sdxl_shapes" / "README.md"
_SHEET_PICTURES: Final = 60


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    match options.command:
        case "train":
            plan = Plan(options.text_steps, options.vae_steps, options.unet_steps, options.seed)
            train(options.folder, plan)
        case "evaluate":
            return _evaluate()
        case "sheet":
            contact_sheet(draw(load_generator(), held_out()[:_SHEET_PICTURES])).save(options.file)
    return 0


def _evaluate() -> int:
    """0 if the model still does what its card says."""
    measured = table()
    print(measured)
    if measured in CARD.read_text():
        print("As the card says.")
        return 0
    print("The card says otherwise.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.shapes", description="The demo model's maker.")
    commands = parser.add_subparsers(dest="command", required=True)
    trainer = commands.add_parser("train", help="train the model from nothing and save it")
    trainer.add_argument("folder", type=Path)
    for field in fields(Plan):
        trainer.add_argument(f"--{field.name.replace('_', '-')}", type=int, default=field.default)
    commands.add_parser("evaluate", help="measure the committed model and compare with its card")
    sheet = commands.add_parser("sheet", help=f"draw the first {_SHEET_PICTURES} held-out prompts into one PNG")
    sheet.add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
