"""Where a worker may be. What we are told to call is called from inside: only listed hosts, and nothing but a host."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from functions.edge.errors import ApiError
from shared.errors import ErrorCode

MAX_CHARACTERS: Final = 300

# The whole grammar, so that no two parsers can read one URL differently: no user, path, query, fragment or escape.
_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:(?P<port>[0-9]{1,5}))?/?", re.IGNORECASE | re.ASCII
)
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


def worker_url(text: str, allowed: Sequence[str]) -> str:
    """The URL as it is stored and signed: scheme, host, and the port where it is not the scheme's own.

    ``allowed`` is ``WORKER_HOSTS``. A suffix (``.proxy.runpod.net``) stands for every name below it; an IP address is
    one only if it is listed itself. Raises ``ApiError`` (400), which names the hosts that are allowed.
    """
    match = _URL.fullmatch(text.strip())
    if match is None:
        raise _refusal("worker_url is https://host or https://host:port, and nothing more", allowed)
    scheme, host = match["scheme"].lower(), match["host"].lower()
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    address = _address(host)
    if not _is_allowed(host, address, allowed):
        raise _refusal("No worker may be at the host of worker_url", allowed)
    if scheme == "http" and not (host == "localhost" or (address is not None and address.is_loopback)):
        raise _refusal("worker_url begins with https://; http is for this machine only", allowed)
    if not 0 < port < 65536:
        raise _refusal("The port of worker_url is 1 to 65535", allowed)
    name = f"[{address}]" if isinstance(address, IPv6Address) else host
    return f"{scheme}://{name}" + ("" if port == _DEFAULT_PORTS[scheme] else f":{port}")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_allowed(host: str, address: IPv4Address | IPv6Address | None, allowed: Sequence[str]) -> bool:
    if address is not None:
        return any(_address(entry) == address for entry in allowed)
    return any(host == entry or (entry.startswith(".") and host.endswith(entry)) for entry in allowed)


def _refusal(sentence: str, allowed: Sequence[str]) -> ApiError:
    return ApiError(ErrorCode.INVALID_REQUEST, f"{sentence}.", f"allowed hosts: {', '.join(allowed)}")
