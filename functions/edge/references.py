"""What a job may refer to: an object of our own storage, named without its signature, or a picture of a host we allow.

Nothing signed is kept: a URL of ours is reduced to bucket and path, and signed anew for whoever may see it.
"""

import posixpath
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from functions.edge.errors import ApiError
from functions.edge.settings import Settings
from shared.errors import ErrorCode
from shared.host_lists import is_listed
from shared.paths import LIBRARY_BUCKET, REFERENCE_BUCKET, WORKSPACE_BUCKET

ROLES: Final = {"reference_image_url": "reference", "start_reference_url": "start", "end_reference_url": "end"}
"""By field of a submission, and key of ``jobs.metadata``: the role a worker is given the picture for."""

REFERENCE_PLAN: Final = (
    "reference_strength",
    "reference_type",
    "reference_fit",
    "reference_required",
    "denoise_strength",
    "exact_copy_mode",
)
"""The keys of ``jobs.metadata`` that say how they are to be used."""

URL_SECONDS: Final = 3600
"""How long a URL lives that shows a user a reference."""

_BUCKETS: Final = (REFERENCE_BUCKET, WORKSPACE_BUCKET, LIBRARY_BUCKET)
# https://supabase.com/docs/guides/storage: what reads an object, signed or not, as it is or resized.
_OBJECT_URL: Final = re.compile(
    r"(?:/storage/v1)?/(?:object|render/image)/(?:(?:upload/)?sign/|public/|authenticated/)?(?P<object>.+)"
)
# What Storage allows in names; no "%", so that nobody decodes a name a second time.
_KEY: Final = re.compile(r"[\w/!\-.*'() &$@=;:+,?]{1,1024}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """An object of our storage; as text ``bucket/path``."""

    bucket: str
    path: str

    def __str__(self) -> str:
        return f"{self.bucket}/{self.path}"


def reduced(name: str, reference: str, user_id: UUID, settings: Settings) -> str:
    """As a job keeps what the field ``name`` says: ``bucket/path``, or the URL of another host.

    Raises ``ApiError``: 404 where the object would be another user's, 400 where it is nothing that may be named.
    """
    url = _split(reference)
    if url is None:
        raise _refusal(name, settings)
    if not url.netloc or _is_ours(url, settings):
        place = _place(url)
        if place is None:
            raise _refusal(name, settings)
        if place.path.partition("/")[0] != str(user_id):
            raise ApiError(ErrorCode.NOT_FOUND, f"{name}: no such picture.", referenceImageError=True)
        return str(place)
    if url.scheme != "https" or "@" in url.netloc or not is_listed(str(url.hostname), settings.reference_hosts):
        raise _refusal(name, settings)
    return url._replace(fragment="").geturl()


def unsigned(value: Any, settings: Settings) -> Any:
    """JSON in which every URL of an object of ours is reduced."""
    if isinstance(value, dict):
        return {key: unsigned(item, settings) for key, item in value.items()}
    if isinstance(value, list):
        return [unsigned(item, settings) for item in value]
    url = _split(value) if isinstance(value, str) else None
    if url is None or not url.query or (url.netloc and not _is_ours(url, settings)):
        return value
    place = _place(url)
    if place is not None:
        return str(place)
    return url._replace(query="").geturl() if url.netloc else value


def place_of(reference: str) -> Place | None:
    """Of what ``reduced`` gave; ``None`` for another host's URL."""
    bucket, _, path = reference.partition("/")
    return Place(bucket, path) if bucket in _BUCKETS else None


def _split(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text.strip())
        # Read here, for it is only now that a bad port is found.
        _ = url.port
    except ValueError:
        return None
    return url


def _is_ours(url: SplitResult, settings: Settings) -> bool:
    ours = urlsplit(settings.supabase_url)
    return (url.hostname, _port(url)) == (ours.hostname, _port(ours)) and url.scheme in ("http", "https")


def _port(url: SplitResult) -> int:
    return url.port or (80 if url.scheme == "http" else 443)


def _place(url: SplitResult) -> Place | None:
    """From a URL of ours, from its path alone, from ``bucket/path``, or from a path among the references."""
    if url.scheme and not url.netloc:
        return None
    named = url.path
    match = _OBJECT_URL.fullmatch(named)
    if match is not None:
        named = match["object"]
    elif url.netloc:
        return None
    key = posixpath.normpath(unquote(named)).lstrip("/")
    bucket, _, path = key.partition("/")
    if not url.netloc and re.fullmatch(r"[0-9a-f-]{36}", bucket):
        bucket, path = REFERENCE_BUCKET, key
    if bucket not in _BUCKETS or "/" not in path or not _KEY.fullmatch(path):
        return None
    return Place(bucket, path)


def _refusal(name: str, settings: Settings) -> ApiError:
    valid = f"a picture of this project's storage ({', '.join(_BUCKETS)}), such as upload-reference answers"
    if settings.reference_hosts:
        valid += f", or an https URL of {', '.join(settings.reference_hosts)}"
    message = f"The request is not valid. {name}: {valid}."
    return ApiError(ErrorCode.INVALID_REQUEST, message, f"{name}: {valid}", referenceImageError=True)
