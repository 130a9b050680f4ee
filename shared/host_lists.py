"""Lists of hosts in settings: names, suffixes that begin with a dot, or ``*`` alone for all."""

import re
from collections.abc import Collection
from typing import Final

_HOST: Final = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:]*:[0-9a-f:.]+")


def parse_host_list(text: str) -> tuple[str, ...]:
    """In lower case, from a text with commas. Raises ``ValueError``; ``*`` is no host."""
    hosts = tuple(host.strip().lower() for host in text.split(","))
    if not all(map(_HOST.fullmatch, hosts)):
        raise ValueError("a list of host names, with commas between them")
    return hosts


def parse_host_list_or_all(text: str) -> tuple[str, ...]:
    return ("*",) if text.strip() == "*" else parse_host_list(text)


def is_listed(host: str, hosts: Collection[str]) -> bool:
    """A suffix stands for every name below it, and not for itself."""
    return any(
        entry == "*" or (host.endswith(entry) and not host.startswith(".") if entry.startswith(".") else host == entry)
        for entry in hosts
    )
