"""``python -m tools.replay ASSET.json FILE [--reference FILE] [--start FILE] [--end FILE] [--models-dir FOLDER]``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from gpu_handler.fetching import PictureRefused, open_picture
from gpu_handler.generators.references import Role
from tools.replay.drawing import replay
from tools.replay.orders import NotReplayable


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if the file was written."""
    options = _parser().parse_args(arguments)
    roles: tuple[Role, ...] = get_args(Role)
    try:
        files = {role: path for role in roles if (path := getattr(options, role)) is not None}
        pictures = {role: open_picture(path.read_bytes()) for role, path in files.items()}
        made = replay(json.loads(options.asset.read_text()), pictures, options.models_dir)
    except (NotReplayable, PictureRefused) as reason:
        print(reason, file=sys.stderr)
        return 1
    options.file.write_bytes(made.data)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.replay", description="Draws an asset again.")
    parser.add_argument("asset", type=Path, help="a row of workspace_assets as JSON, or what the worker said of it")
    parser.add_argument("file", type=Path, help="where the picture or the video is written")
    for role in get_args(Role):
        parser.add_argument(f"--{role}", type=Path, help=f"the picture that was given as {role}")
    parser.add_argument("--models-dir", type=Path, help="where real weights lie, as for the worker")
    return parser


if __name__ == "__main__":
    sys.exit(main())
