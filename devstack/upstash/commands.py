"""Commands as they arrive over REST: a JSON array, or a path with body and query.

Source: https://upstash.com/docs/redis/features/restapi
"""

import json
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes

Command = list[bytes]
"""Name and arguments."""

# A request has no connection of its own: what changes one, keeps one or waits on one has no meaning here.
_NOT_OVER_REST: Final = frozenset(
    b"ASKING AUTH BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT DISCARD EXEC HELLO"
    b" MONITOR MULTI PSUBSCRIBE PSYNC PUNSUBSCRIBE QUIT READONLY READWRITE REPLCONF RESET SELECT SSUBSCRIBE"
    b" SUBSCRIBE SUNSUBSCRIBE SYNC UNSUBSCRIBE UNWATCH WAIT WAITAOF WATCH".split()
)
_MAY_BLOCK: Final = (b"XREAD", b"XREADGROUP")


class CommandError(Exception):
    """The request holds no command that could be run; the message is the answer."""


def parse_command(body: bytes) -> Command:
    """``["SET", "key", "value"]``."""
    return _command(_json(body, "command"), "command")


def parse_commands(body: bytes) -> list[Command | CommandError]:
    """``[["SET", "key", "value"], …]``, for pipelines and transactions: each is a command or what is wrong with it."""
    rows = _json(body, "pipeline request")
    if not isinstance(rows, list):
        raise CommandError("ERR failed to parse pipeline request")
    if not rows:
        raise CommandError("ERR empty pipeline request")
    return [_command_or_error(row) for row in rows]


def parse_path(path: bytes, query: bytes, body: bytes) -> Command:
    """``/set/key`` with the value as body and options as query (``?EX=100``)."""
    command = [unquote_to_bytes(part) for part in path.strip(b"/").split(b"/")]
    if body:
        command.append(body)
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name != b"_token":
            command += [name, value] if value else [name]
    return _allowed(command)


def _json(body: bytes, what: str) -> Any:
    try:
        # Numbers stay as they were written, for 1e21 or 2^63 would not survive a conversion.
        return json.loads(body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise CommandError(f"ERR failed to parse {what}") from None


def _command_or_error(row: Any) -> Command | CommandError:
    try:
        return _command(row, "pipeline command")
    except CommandError as error:
        return error


def _command(row: Any, what: str) -> Command:
    if not isinstance(row, list):
        raise CommandError(f"ERR failed to parse {what}")
    if not row:
        raise CommandError(f"ERR empty {what}")
    return _allowed([_argument(value, what) for value in row])


def _argument(value: Any, what: str) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    try:
        return bytes(value, "utf-8")
    except (TypeError, UnicodeEncodeError):
        raise CommandError(f"ERR failed to parse {what}") from None


def _allowed(command: Command) -> Command:
    name = command[0].upper()
    text = name.decode(errors="replace")
    # The Redis client would take "SUBSCRIBE x" apart into a command and an argument.
    if name.split() != [name]:
        raise CommandError(f"ERR Command is not available: '{text}'")
    blocks = name in _MAY_BLOCK and b"BLOCK" in (argument.upper() for argument in command)
    if name in _NOT_OVER_REST or blocks:
        raise CommandError(f'ERR Command "{text}" is not allowed in REST or it has a special context path')
    return command
