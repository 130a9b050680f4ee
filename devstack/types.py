"""``python -m devstack.types``: TypeScript types for clients, of the database and of the API.

Written to ``types/database.ts`` and ``types/api.ts``, the latter from ``docs/openapi.json``, which is written first.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from devstack import migrations, node
from devstack.ports import free_ports
from devstack.postgres import Cluster
from functions import openapi

DATABASE_FILE: Final = node.ROOT / "types" / "database.ts"
API_FILE: Final = node.ROOT / "types" / "api.ts"


def database_types(database_url: str) -> str:
    """Of the tables and functions of schema ``public``. Raises ``ProgramError``."""
    printed = node.output("supabase", "gen", "types", "typescript", f"--remote={database_url}", "--schema", "public")
    # The CLI tells of its connection on the same channel.
    return printed[printed.index("export type Json") :]


def api_types() -> str:
    """Of every function's requests and answers. Raises ``ProgramError``."""
    # What has a default may be left out of a request.
    return node.output("openapi-typescript", str(openapi.FILE), "--default-non-nullable=false")


def main() -> None:
    openapi.write()
    DATABASE_FILE.parent.mkdir(exist_ok=True)
    API_FILE.write_text(api_types(), encoding="utf-8")
    with _migrated_database() as url:
        DATABASE_FILE.write_text(database_types(url), encoding="utf-8")
    print(f"Written: {openapi.FILE}, {API_FILE}, {DATABASE_FILE}")


@contextmanager
def _migrated_database() -> Iterator[str]:
    # The unprivileged account that runs PostgreSQL for root has to reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="ourvidz-types-", dir="/var/tmp" if os.geteuid() == 0 else None))  # noqa: S108
    folder.chmod(0o755)
    cluster = Cluster(folder / "postgres", free_ports(1)[0])
    try:
        child = cluster.start(folder / "postgres.log")
        try:
            migrations.push(cluster.url())
            yield cluster.url()
        finally:
            child.stop()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
