"""The tests that docs/regressions.md names are there, and each says which row it is for."""

import ast
import re
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
DOCUMENT: Final = TESTS.parent / "docs" / "regressions.md"
ROW: Final = re.compile(r"^\| ([A-Z]\d+) \|.*\| (.*) \|$", re.MULTILINE)
FILE: Final = re.compile(r"`([\w/]+\.py)`: ((?:`\w+`(?:, )?)+)")


def named() -> list[tuple[str, str, str]]:
    """Row, file and test, as the table has them."""
    rows = ROW.findall(DOCUMENT.read_text())
    return [
        (row, file, test)
        for row, cell in rows
        for file, tests in FILE.findall(cell)
        for test in re.findall(r"\w+", tests)
    ]


def words(file: str) -> dict[str, str]:
    """What each test says of itself: name, docstring, values it is played with, and its class's words."""
    found: dict[str, str] = {}

    def visit(node: ast.AST, above: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                decorators = " ".join(ast.unparse(decorator) for decorator in child.decorator_list)
                own = f"{above} {child.name.replace('_', ' ')} {decorators} {ast.get_docstring(child) or ''}"
                found[child.name] = f"{found.get(child.name, '')} {own}"
                if isinstance(child, ast.ClassDef):
                    visit(child, own)

    visit(ast.parse((TESTS / file).read_text()), "")
    return found


def test_each_named_file_and_test_is_there_and_carries_its_row_s_number() -> None:
    wrong = []
    for row, file, test in named():
        said = words(file).get(test) if (TESTS / file).exists() else None
        if said is None or not re.search(rf"\b{row}\b", said, re.IGNORECASE):
            wrong.append((row, file, test, "is not there" if said is None else "does not say so"))
    assert wrong == []


def test_every_row_names_a_test_or_says_why_there_is_none() -> None:
    with_tests = {row for row, _, _ in named()}
    without = {row: cell for row, cell in ROW.findall(DOCUMENT.read_text()) if row not in with_tests}
    assert all(cell.startswith("there is no such") for cell in without.values()), without
