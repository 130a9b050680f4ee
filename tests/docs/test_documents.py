"""docs/documents.md has a place for every name that the documents ask for."""

import re
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
DOCUMENT: Final = FOLDER.parents[1] / "docs" / "documents.md"
NAMES: Final = FOLDER / "document_fields.txt"
"""The keys of the documents' examples and interfaces, and their job types, queues and settings; one a line."""


def test_every_field_of_the_documents_stands_there() -> None:
    """Whole, and set as code: no name is left to an ellipsis."""
    told = {word for code in re.findall(r"`([^`]*)`", DOCUMENT.read_text()) for word in re.findall(r"\w+", code)}
    assert set(NAMES.read_text().split()) - told == set()
