"""The bytes: one immutable file per finished upload, ``folder/<bucket>/<path>/<version>``."""

import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from anyio import to_thread

from devstack.storage import errors

_COPY_BYTES: Final = 1024 * 1024


class NewFile:
    """A file being written, counted and hashed on the way."""

    def __init__(self, file: BinaryIO, max_bytes: int | None) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0

    @property
    def etag(self) -> str:
        return f'"{self._md5.hexdigest()}"'

    async def write(self, chunk: bytes) -> None:
        """Raises ``StorageError`` 413 instead of writing a byte past the limit."""
        self.size += len(chunk)
        if self._max_bytes is not None and self.size > self._max_bytes:
            raise errors.too_large()
        await to_thread.run_sync(self._append, chunk)

    def _append(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._file.flush()
        self._md5.update(chunk)


class Files:
    """All objects' bytes under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Between making a file's folder and making the file, nobody may tidy the empty folder away.
        self._folders = Lock()

    def path(self, bucket: str, name: str, version: str | None) -> Path:
        """A row made by SQL has no version, and no file.

        Raises ``StorageError`` 400 for a name that leads elsewhere.
        """
        # Without the empty parts: a leading slash would make the path absolute.
        parts = [part for part in f"{bucket}/{name}/{version or 'null'}".split("/") if part]
        if ".." in parts:
            raise errors.invalid_key(name)
        return self._folder.joinpath(*parts)

    @asynccontextmanager
    async def create(self, bucket: str, name: str, version: str, *, max_bytes: int | None) -> AsyncIterator[NewFile]:
        """A new file, deleted again if the body raises: whatever needs the file to exist belongs into the body."""
        path = self.path(bucket, name, version)
        with self._open(path) as file, self._discarded_on_error(path):
            yield NewFile(file, max_bytes)

    @asynccontextmanager
    async def copy(self, source: Path, bucket: str, name: str, version: str) -> AsyncIterator[None]:
        """A copy, deleted again if the body raises. Raises ``StorageError`` 404 where the source has gone."""
        path = self.path(bucket, name, version)
        with self._open(path) as file, self._discarded_on_error(path):
            await to_thread.run_sync(_copy_bytes, source, file)
            yield

    def remove(self, bucket: str, name: str, version: str | None) -> None:
        """Delete one file, if it is there, and the folders that are empty without it."""
        self._discard(self.path(bucket, name, version))

    def _open(self, path: Path) -> BinaryIO:
        with self._folders:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError) as error:
                # A part of the name is another object's version, which is a file.
                raise errors.invalid_key(path.parent.name) from error
            return path.open("xb")

    @contextmanager
    def _discarded_on_error(self, path: Path) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._discard(path)
            raise

    def _discard(self, path: Path) -> None:
        with self._folders:
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self._folder:
                    break
                try:
                    os.rmdir(folder)
                except OSError:
                    break


def _copy_bytes(source: Path, destination: BinaryIO) -> None:
    try:
        with source.open("rb") as file:
            shutil.copyfileobj(file, destination, _COPY_BYTES)
    except FileNotFoundError as error:
        raise errors.no_such_object() from error
    destination.flush()
