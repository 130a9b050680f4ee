"""The pictures that an order refers to, fetched and opened before anything is drawn."""

from collections.abc import Mapping
from threading import Event
from typing import Final, get_args
from urllib.parse import urlsplit

from PIL import Image

from gpu_handler.fetching import PictureFetcher, PictureRefused, open_picture
from gpu_handler.generators.references import ReferencePlan, References, Role, check_required
from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable, call_with_retries
from shared.messages import JobOrder

FETCH_SECONDS: Final = 60.0
"""For one picture, all tries together."""
_UNREACHABLE: Final = "Its host does not answer."


def gather(
    order: JobOrder,
    urls: Mapping[str, str] | Mapping[Role, str],
    fetcher: PictureFetcher,
    trusted_origin: str | None,
    stop: Event,
) -> References:
    """Those of ``urls`` (by role) that can be used, and why others cannot.

    Raises ``BadInput`` where the order requires them all, and ``Unreachable`` while our own storage does not answer.
    """
    plan = ReferencePlan.of(order)
    pictures: dict[Role, Image.Image] = {}
    missing: dict[Role, str] = {}
    roles: tuple[Role, ...] = get_args(Role)
    for role in (role for role in roles if role in urls):
        try:
            pictures[role] = open_picture(_fetch(urls[role], fetcher, trusted_origin, stop))
        except PictureRefused as reason:
            missing[role] = str(reason)
        except Unavailable as trouble:
            if origin(urls[role]) == trusted_origin:
                raise Unreachable(str(trouble)) from trouble
            missing[role] = _UNREACHABLE
    check_required(plan, missing)
    return References(pictures, missing)


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _fetch(url: str, fetcher: PictureFetcher, trusted_origin: str | None, stop: Event) -> bytes:
    return call_with_retries(
        lambda: fetcher.fetch(url, trusted_origin=trusted_origin, stop=stop), seconds=FETCH_SECONDS, stop=stop
    )
