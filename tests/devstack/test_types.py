"""The committed TypeScript types are those of this database and of this API."""

import pytest

from devstack import node, types
from devstack.project import Project


def test_the_database_s_types_are_current(project: Project) -> None:
    """Where this fails: ``python -m devstack.types`` writes them anew."""
    assert types.DATABASE_FILE.read_text(encoding="utf-8") == types.database_types(project.cluster.url())


def test_the_api_s_types_are_made_from_the_committed_document() -> None:
    """Where this fails: ``python -m devstack.types`` writes them anew."""
    found = types.API_FILE.read_text(encoding="utf-8")
    assert found.startswith(types.first_line())
    assert 'post: operations["post_queue_job"];' in found


def test_a_program_that_is_not_installed_is_told() -> None:
    with pytest.raises(node.ProgramError, match="no-such-program is not installed: run 'make setup'"):
        node.output("no-such-program")
