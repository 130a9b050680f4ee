"""Names to addresses, and which of them are on the public Internet.

Source: the IANA special-purpose address registries, RFC 6890
(https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry).
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from gpu_handler.fetching.refusal import PictureRefused

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Sequence[Address]]

# ``is_global`` knows more of the registries with every Python; these are here for all of them.
_NEVER_IPV4: Final = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, withdrawn by RFC 7526
)
_UNICAST: Final = IPv6Network("2000::/3")
"""All that IANA gives out as global unicast: no ULA, site-local, multicast or compatible address is in it."""
_NEVER_IPV6: Final = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo with its IPv4 address among them
    IPv6Network("2002::/16"),  # 6to4: an IPv4 address, behind relays that are gone
    IPv6Network("3fff::/20"),  # documentation
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_NO_SUCH_HOST: Final = frozenset({socket.EAI_NONAME, socket.EAI_NODATA, socket.EAI_ADDRFAMILY})


def resolve(host: str) -> list[Address]:
    """What the system's resolver says, which reads ``0x7f.1`` as an address too.

    Blocks for as long as the resolver likes. Raises ``OSError``, and ``UnicodeError`` for what is no name.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


def resolve_public(host: str, resolve: Resolve) -> Sequence[Address]:
    """One lookup, and nothing if a single address of it is not public.

    Raises ``PictureRefused``, and ``OSError`` where another lookup may help.
    """
    try:
        addresses = resolve(host)
    except UnicodeError:
        addresses = []
    except socket.gaierror as error:
        if error.errno not in _NO_SUCH_HOST:
            raise
        addresses = []
    # One sentence for both: nobody learns from it which names exist inside.
    if not addresses or not all(map(is_public, addresses)):
        raise PictureRefused("The reference picture's host has no public address.")
    return addresses


def is_public(address: Address) -> bool:
    """Whether it is unicast on the public Internet, and leads to nowhere else through an address inside it."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in net for net in _NEVER_IPV4)
    if address.scope_id is not None:
        return False
    # How networks without IPv4 reach it (RFC 6052), and how sockets of IPv6 do.
    inside = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped
    if inside is not None:
        return is_public(inside)
    return address in _UNICAST and address.is_global and not any(address in net for net in _NEVER_IPV6)
