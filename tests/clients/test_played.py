"""Both official clients were answered by every function that clients call. It is the last test of this folder."""

from pathlib import Path

import pytest

from functions.app import ROUTERS
from tests.clients.conftest import FOLDER, LANGUAGES, Language

NOT_OF_CLIENTS = {"job-callback", "dispatch-jobs", "health"}
"""Called by workers, by the clock and by the platform."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_function_of_clients_answered(request: pytest.FixtureRequest, played: Path, language: Language) -> None:
    """Where all files of the folder were played, and not a part of them."""
    files = {item.path for item in request.session.items}
    if request.config.option.keyword or not files.issuperset(FOLDER.glob("test_*.py")):
        pytest.skip("only a part of the clients' tests was run")
    answered = {line.split("/")[0] for line in (played / language).read_text().splitlines()}
    assert ROUTERS.keys() - NOT_OF_CLIENTS - answered == set()
