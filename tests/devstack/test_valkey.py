"""Valkey with its two users."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from devstack.ports import HOST, free_ports
from devstack.process import StartError
from devstack.valkey import QUEUES, User, Valkey

FUNCTIONS_TOKEN = "functions:token/@ü"
WORKER_TOKEN = "worker-token"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("valkey with a space")


@pytest.fixture(scope="module")
def valkey(folder: Path) -> Iterator[Valkey]:
    (port,) = free_ports(1)
    valkey = Valkey(port, FUNCTIONS_TOKEN, WORKER_TOKEN)
    child = valkey.start(folder / "data", folder / "valkey.log")
    yield valkey
    child.stop()
    assert child.returncode == 0


def connect(valkey: Valkey, user: User) -> redis.Redis:
    # RESP2 and no library name: the worker may not even introduce itself.
    return redis.Redis.from_url(valkey.url_for(user), protocol=2, driver_info=None, retry=Retry(NoBackoff(), 0))


@pytest.fixture
def functions(valkey: Valkey) -> Iterator[redis.Redis]:
    with connect(valkey, "functions") as client:
        client.delete(*QUEUES, "other")
        yield client


@pytest.fixture
def worker(valkey: Valkey) -> Iterator[redis.Redis]:
    with connect(valkey, "worker") as client:
        yield client


def arities(client: redis.Redis) -> dict[str, int]:
    """The number of words, at least, of every command and subcommand of the server."""
    found = {}
    for name, command in client.command().items():
        subcommands = {sub[0].decode(): abs(sub[1]) for sub in command["subcommands"]}
        found.update(subcommands or {name: abs(command["arity"])})
    return found


def answer_to(client: redis.Redis, command: list[str]) -> str:
    try:
        return str(client.execute_command(*command))
    except redis.RedisError as error:
        return str(error)


def test_start_returns_when_the_server_answers(functions: redis.Redis) -> None:
    assert functions.ping()


def test_it_listens_on_the_loopback_interface_only(folder: Path) -> None:
    assert f"bind {HOST}\n" in (folder / "data" / "valkey.conf").read_text()


def test_the_configuration_shows_no_token(folder: Path) -> None:
    written = (folder / "data" / "valkey.conf").read_text()
    assert FUNCTIONS_TOKEN not in written
    assert WORKER_TOKEN not in written


def test_nobody_gets_in_without_a_token(valkey: Valkey) -> None:
    options = {"protocol": 2, "driver_info": None, "retry": Retry(NoBackoff(), 0)}
    with redis.Redis(host=HOST, port=valkey.port, **options) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_a_wrong_token_is_refused(valkey: Valkey) -> None:
    stranger = Valkey(valkey.port, functions_token=WORKER_TOKEN, worker_token=FUNCTIONS_TOKEN)
    with connect(stranger, "functions") as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_the_functions_may_push_and_delete(functions: redis.Redis) -> None:
    assert functions.lpush("sdxl_queue", "a", "b") == 2
    assert functions.delete("sdxl_queue") == 1


@pytest.mark.parametrize("command", ["FLUSHALL", "FLUSHDB", "CONFIG GET *", "ACL LIST", "SHUTDOWN", "KEYS *"])
def test_the_functions_may_do_nothing_dangerous(functions: redis.Redis, command: str) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        functions.execute_command(*command.split())


def test_the_worker_takes_from_every_queue(functions: redis.Redis, worker: redis.Redis) -> None:
    for queue in QUEUES:
        functions.lpush(queue, "element")
        assert worker.execute_command("LMPOP", 1, queue, "RIGHT") == [queue.encode(), [b"element"]]


def test_the_worker_takes_from_no_other_list(functions: redis.Redis, worker: redis.Redis) -> None:
    functions.lpush("other", "secret")
    with pytest.raises(redis.exceptions.NoPermissionError):
        worker.execute_command("LMPOP", 2, "sdxl_queue", "other", "RIGHT")


def test_every_command_but_lmpop_is_refused_to_the_worker(functions: redis.Redis, worker: redis.Redis) -> None:
    """Asked of the server itself, for every command it has, subcommands included."""
    allowed = set()
    for name, arity in arities(functions).items():
        parts = name.split("|")
        # Too few arguments would be found before the missing permission.
        arguments = ["x"] * (arity - len(parts))
        answer = answer_to(worker, [*parts, *arguments])
        # DEBUG and MODULE are closed to everyone, before anybody's permissions are looked at.
        if "no permissions to run" not in answer and "command not allowed" not in answer:
            allowed.add(name)
        worker.connection_pool.disconnect()
    # The first four are what a connection needs before it has a user.
    assert allowed == {"auth", "hello", "quit", "reset", "lmpop"}


def test_a_restart_begins_empty(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    valkey = Valkey(port, FUNCTIONS_TOKEN, WORKER_TOKEN)
    child = valkey.start(tmp_path / "data", tmp_path / "log")
    with connect(valkey, "functions") as client:
        client.set("key", "value")
    child.stop()
    child = valkey.start(tmp_path / "data", tmp_path / "log")
    with connect(valkey, "functions") as client:
        assert client.dbsize() == 0
    child.stop()


def test_a_port_in_use_is_an_error_that_names_the_log(valkey: Valkey, tmp_path: Path) -> None:
    second = Valkey(valkey.port, "another token", "and another")
    with pytest.raises(StartError, match=re.escape(str(tmp_path / "second.log"))):
        second.start(tmp_path / "second", tmp_path / "second.log")
    assert "Address already in use" in (tmp_path / "second.log").read_text()
