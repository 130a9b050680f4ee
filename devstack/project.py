"""One local project: its folder, ports, keys and accounts. Written down once, so a restart finds everything again."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, Self

from devstack.keys import Keys
from devstack.ports import HOST, free_ports
from devstack.postgres import Cluster
from devstack.postgrest import Postgrest

DEFAULT_PORT: Final = 54321
"""The gateway's port in the Supabase CLI's local stack; PostgreSQL's is the next, as there."""

_INHERITED: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "OMP_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Ports:
    gateway: int
    postgres: int
    postgrest: int
    postgrest_admin: int
    valkey: int
    upstash: int
    functions: int

    @classmethod
    def following(cls, first: int) -> Self:
        return cls(*range(first, first + len(fields(cls))))

    @classmethod
    def free(cls) -> Self:
        return cls(*free_ports(len(fields(cls))))

    def all(self) -> Sequence[int]:
        return tuple(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is no Supabase key: Redis tokens, the functions' signing secret, the two accounts' passwords."""

    functions_redis_token: str
    worker_redis_token: str
    job_token_secret: str
    worker_secret: str
    demo_password: str
    admin_password: str

    @classmethod
    def generate(cls) -> Self:
        return cls(*(secrets.token_urlsafe(32) for _ in fields(cls)))


@dataclass(frozen=True, slots=True)
class Project:
    folder: Path
    ports: Ports
    keys: Keys
    secrets: Secrets

    @classmethod
    def create(cls, folder: Path, ports: Ports) -> Self:
        """The project in that folder; what is secret outlives restarts, ports may change."""
        for part in (folder, folder / "logs", folder / "storage"):
            part.mkdir(parents=True, exist_ok=True)
        Keys.load_or_generate(folder / "keys.json")
        secrets_file = folder / "secrets.json"
        # One that an older version made lacks the secrets that came since.
        known = json.loads(secrets_file.read_text()) if secrets_file.exists() else {}
        secrets_file.touch(mode=0o600)
        secrets_file.write_text(json.dumps({**asdict(Secrets.generate()), **known}))
        (folder / "ports.json").write_text(json.dumps(asdict(ports)))
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The project as it was created last."""
        return cls(
            folder,
            Ports(**json.loads((folder / "ports.json").read_text())),
            Keys.load_or_generate(folder / "keys.json"),
            Secrets(**json.loads((folder / "secrets.json").read_text())),
        )

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports.gateway}"

    @property
    def upstash_url(self) -> str:
        return f"http://{HOST}:{self.ports.upstash}"

    @property
    def functions_url(self) -> str:
        return f"http://{HOST}:{self.ports.functions}"

    @property
    def cluster(self) -> Cluster:
        return Cluster(postgres_folder(self.folder), self.ports.postgres)

    @property
    def postgrest(self) -> Postgrest:
        return Postgrest(self.ports.postgrest, self.ports.postgrest_admin)

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def public_env(self) -> dict[str, str]:
        """What ``.devstack/env`` holds: everything a client, a worker or a script needs."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_PUBLISHABLE_KEY": self.keys.publishable_key,
            "SUPABASE_SECRET_KEY": self.keys.secret_key,
            "SUPABASE_ANON_KEY": self.keys.anon_key,
            "SUPABASE_SERVICE_ROLE_KEY": self.keys.service_role_key,
            "SUPABASE_DB_URL": self.cluster.url(),
            "UPSTASH_REDIS_REST_URL": self.upstash_url,
            "UPSTASH_REDIS_REST_TOKEN": self.secrets.functions_redis_token,
            "WORKER_REDIS_REST_TOKEN": self.secrets.worker_redis_token,
            "JOB_CALLBACK_URL": f"{self.functions_url}/functions/v1/job-callback",
            "DEMO_EMAIL": "demo@example.com",
            "DEMO_PASSWORD": self.secrets.demo_password,
            "ADMIN_EMAIL": "admin@example.com",
            "ADMIN_PASSWORD": self.secrets.admin_password,
        }

    def functions_env(self) -> dict[str, str]:
        """The environment of the functions' process."""
        public = self.public_env()
        names = ("SUPABASE_", "UPSTASH_")
        return {
            **_inherited(),
            **{name: value for name, value in public.items() if name.startswith(names)},
            "SUPABASE_JWT_SECRET": self.keys.jwt_secret,
            "FUNCTIONS_URL": f"{self.functions_url}/functions/v1",
            "JOB_TOKEN_SECRET": self.secrets.job_token_secret,
            "WORKER_SECRET": self.secrets.worker_secret,
            "WORKER_HOSTS": HOST,
            "MODELS": "demo",
        }

    def worker_env(self) -> dict[str, str]:
        """The environment of a GPU handler: a Redis token that can pop, where to call back, and no Supabase key."""
        return {
            **_inherited(),
            "UPSTASH_REDIS_REST_URL": self.upstash_url,
            "UPSTASH_REDIS_REST_TOKEN": self.secrets.worker_redis_token,
            "JOB_CALLBACK_URL": self.public_env()["JOB_CALLBACK_URL"],
            "MODELS": "demo",
            "MODELS_DIR": str(self.folder / "models"),
            "HF_HUB_OFFLINE": "1",
        }

    def python_env(self) -> dict[str, str]:
        """The environment of the stack's own servers."""
        return _inherited()


def postgres_folder(folder: Path) -> Path:
    """Where the project's cluster lies: elsewhere when its unprivileged user cannot reach the project."""
    elsewhere = os.environ.get("DEVSTACK_POSTGRES_DIR")
    return Path(elsewhere) if elsewhere else folder / "postgres"


def _inherited() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}
