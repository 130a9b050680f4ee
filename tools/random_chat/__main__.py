"""``python -m tools.random_chat MODELS_DIR``: build ``MODELS_DIR/qwen2_random``, unless it is there."""

import sys
from pathlib import Path

from tools.random_chat.building import build


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.random_chat MODELS_DIR")
    print(build(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
