import pytest

from gpu_handler.storage import MemoryObjectStorage, StorageRefused
from tests.fixtures.orders import granted, job_order


def test_the_first_object_at_a_path_stays() -> None:
    storage = MemoryObjectStorage()
    upload = granted(job_order()).uploads[0]

    storage.put(upload, b"first")
    storage.put(upload, b"second")

    assert storage.objects == {upload.path: b"first"}


def test_a_trouble_is_raised_once() -> None:
    storage = MemoryObjectStorage()
    upload = granted(job_order()).uploads[0]
    storage.troubles.append(StorageRefused("HTTP 403"))

    with pytest.raises(StorageRefused):
        storage.put(upload, b"bytes")
    storage.put(upload, b"bytes")
    assert upload.path in storage.objects
