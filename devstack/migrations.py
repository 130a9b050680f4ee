"""``supabase db push``: the project's migrations, applied by the same tool as on a hosted project."""

from devstack import node
from devstack.node import ROOT

__all__ = ["ROOT", "MigrationError", "push"]


class MigrationError(Exception):
    """A migration was refused, or the Supabase CLI is not installed; the message holds what it said."""


def push(database_url: str) -> str:
    """Apply what is new; what the CLI printed."""
    try:
        return node.run("supabase", "db", "push", "--db-url", database_url, "--yes", "--workdir", str(ROOT))
    except node.ProgramError as error:
        raise MigrationError(str(error)) from None
