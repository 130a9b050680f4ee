"""The stack's own servers, one process each: ``python -m devstack.serve gateway|upstash FOLDER``."""

import sys
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from devstack.gateway.app import create_app as create_gateway
from devstack.ports import HOST
from devstack.project import Project
from devstack.upstash.app import create_app as create_upstash

SHUTDOWN_SECONDS = 3
"""How long open requests may go on after SIGTERM."""


def main() -> None:
    name, folder = sys.argv[1:]
    project = Project.load(Path(folder))
    app, port = _gateway(project) if name == "gateway" else _upstash(project)
    uvicorn.run(
        app, host=HOST, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS
    )


def _gateway(project: Project) -> tuple[ASGIApp, int]:
    app = create_gateway(
        public_url=project.url,
        postgrest_url=project.postgrest.url,
        functions_url=project.functions_url,
        auth_database_url=project.cluster.url("supabase_auth_admin"),
        storage_database_url=project.cluster.url("supabase_storage_admin"),
        storage_folder=project.folder / "storage",
        realtime_database_url=project.cluster.url("supabase_admin"),
        keys=project.keys,
    )
    return app, project.ports.gateway


def _upstash(project: Project) -> tuple[ASGIApp, int]:
    users = {
        project.secrets.functions_redis_token: "functions",
        project.secrets.worker_redis_token: "worker",
    }
    return create_upstash(port=project.ports.valkey, users=users), project.ports.upstash


if __name__ == "__main__":
    main()
