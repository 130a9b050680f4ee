"""The file in an upload request, read as a stream: a raw body, or the one file of a ``multipart/form-data`` form."""

import base64
import binascii
import json
from collections.abc import AsyncIterator
from typing import Any, Final, Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from devstack.storage import errors

MAX_FIELD_BYTES: Final = 1024 * 1024


class Incoming(Protocol):
    """``cache_control`` and ``user_metadata`` are complete once the chunks have been read."""

    content_type: str

    def chunks(self) -> AsyncIterator[bytes]: ...

    @property
    def cache_control(self) -> str: ...

    @property
    def user_metadata(self) -> dict[str, Any]: ...


async def open_incoming(request: Request) -> Incoming:
    """Reads no further than the file's first byte. Raises ``StorageError`` 400 for a form without a file."""
    content_type, parameters = parse_options_header(request.headers.get("content-type"))
    if content_type != b"multipart/form-data":
        return RawBody(request)
    try:
        form = Form(request, parameters[b"boundary"])
    except (KeyError, FormParserError) as error:
        raise errors.no_content() from error
    await form.find_file()
    return form


class RawBody:
    """The file is the whole body; the rest is in the headers."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.content_type = request.headers.get("content-type", "application/octet-stream")

    def chunks(self) -> AsyncIterator[bytes]:
        return self._request.stream()

    @property
    def cache_control(self) -> str:
        return self._request.headers.get("cache-control", "no-cache")

    @property
    def user_metadata(self) -> dict[str, Any]:
        try:
            return _object(base64.b64decode(self._request.headers.get("x-metadata", "")))
        except binascii.Error:
            return {}


class Form:
    """Fields ``cacheControl`` (seconds) and ``metadata`` (JSON), and the part that has a file name."""

    def __init__(self, request: Request, boundary: bytes) -> None:
        self.content_type = ""
        self._stream = request.stream()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._read_header_name,
                "on_header_value": self._read_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._begin_data,
                "on_part_data": self._read_data,
                "on_end": self._end,
            },
        )
        self._headers: dict[str, bytes] = {}
        self._header = (b"", b"")
        self._field = ""
        self._fields: dict[str, bytes] = {}
        self._in_file = False
        self._pending: list[bytes] = []
        self._complete = False

    async def find_file(self) -> None:
        while not self.content_type:
            if not await self._advance():
                raise errors.no_content()

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            pending, self._pending = self._pending, []
            for chunk in pending:
                yield chunk
            more = await self._advance()
        if not self._complete:
            raise errors.no_content()

    @property
    def cache_control(self) -> str:
        seconds = self._fields.get("cacheControl", b"")
        return f"max-age={int(seconds)}" if seconds.isdigit() else "no-cache"

    @property
    def user_metadata(self) -> dict[str, Any]:
        return _object(self._fields.get("metadata", b""))

    async def _advance(self) -> bool:
        chunk = await anext(self._stream, None)
        if chunk is None:
            return False
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise errors.no_content() from error
        return True

    def _begin_part(self) -> None:
        self._headers = {}

    def _read_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], b"")

    def _read_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _end_header(self) -> None:
        name, value = self._header
        self._headers[name.decode("latin-1").lower()] = value
        self._header = (b"", b"")

    def _begin_data(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        # Of several files the first counts.
        self._in_file = b"filename" in options and not self.content_type
        self._field = options.get(b"name", b"").decode(errors="replace")
        if self._in_file:
            content_type = self._headers.get("content-type") or b"application/octet-stream"
            self.content_type = content_type.decode("latin-1")

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._pending.append(data[start:end])
            return
        value = self._fields.get(self._field, b"") + data[start:end]
        if len(value) > MAX_FIELD_BYTES:
            raise errors.too_large()
        self._fields[self._field] = value

    def _end(self) -> None:
        self._complete = True


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object; anything else counts as none."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
