"""``python -m functions.openapi``: write the OpenAPI document of all functions to ``docs/openapi.json``."""

import json
from pathlib import Path
from typing import Final

from functions.app import create_app

FILE: Final = Path(__file__).parents[1] / "docs" / "openapi.json"


def text() -> str:
    """The document as it is committed: the same text for the same functions."""
    return json.dumps(create_app().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write() -> None:
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write()
