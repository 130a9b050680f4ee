"""The contact sheet as a page: static, without scripts, the pictures beside it in the folder."""

import base64
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from devstack.demo.results import Result
from devstack.demo.times import COLUMNS, Times, cells, note


def write_sheet(results: Sequence[Result], folder: Path) -> Path:
    """Write ``index.html``; its path."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["b64encode"] = lambda data: base64.b64encode(data).decode()
    times = [cells(Times.of(result)) for result in results]
    page = environment.get_template("sheet.html").render(
        results=results, columns=COLUMNS, times=times, note=note(results)
    )
    path = folder / "index.html"
    path.write_text(page, encoding="utf-8")
    return path
