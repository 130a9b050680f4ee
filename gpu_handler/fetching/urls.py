"""What a URL has to look like before anything is looked up. One parser reads it, for the checks and for the request."""

from collections.abc import Collection

import httpx

from gpu_handler.fetching.refusal import PictureRefused
from shared.host_lists import is_listed


def parsed(url: str) -> httpx.URL:
    """Raises ``PictureRefused``."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        raise _invalid() from None


def joined(base: httpx.URL, location: str) -> httpx.URL:
    """Where a redirection of ``base`` leads. Raises ``PictureRefused``."""
    try:
        return base.join(location)
    except (httpx.InvalidURL, ValueError):
        raise _invalid() from None


def origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    """Scheme, host and port (RFC 6454); the scheme's own port is ``None``."""
    return url.scheme, url.raw_host, url.port


def require_fetchable(url: httpx.URL, hosts: Collection[str] | None) -> None:
    """``hosts`` are those allowed; ``None`` for our own storage. Raises ``PictureRefused``."""
    if url.userinfo or not url.raw_host:
        raise _invalid()
    if hosts is None:
        return
    if url.scheme != "https" or url.port is not None:
        raise PictureRefused("A reference picture's URL begins with https:// and names no port.")
    if not is_listed(url.raw_host.decode("ascii"), hosts):
        raise PictureRefused("The reference picture's host is not allowed.")


def _invalid() -> PictureRefused:
    return PictureRefused("The reference picture's URL is not valid.")
