from threading import Event

import httpx
import pytest

from gpu_handler.attempt.delivery import deliver
from gpu_handler.failures import BadInput
from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable
from gpu_handler.storage import HttpObjectStorage, MemoryObjectStorage, StorageRefused
from shared.messages import Upload
from tests.fixtures.job_site import JobSite, Trouble
from tests.fixtures.orders import granted, job_order

UPLOAD = granted(job_order()).uploads[0]


def limited(size: int) -> Upload:
    return UPLOAD.model_copy(update={"byte_limit": size})


def test_an_object_of_exactly_the_limit_is_delivered() -> None:
    storage = MemoryObjectStorage()

    deliver(storage, limited(5), b"12345", Event())

    assert storage.objects == {UPLOAD.path: b"12345"}


def test_a_larger_object_is_bad_input_and_never_sent() -> None:
    storage = MemoryObjectStorage()

    with pytest.raises(BadInput, match="6 bytes large; this job type allows 5"):
        deliver(storage, limited(5), b"123456", Event())
    assert storage.objects == {}


def test_a_passing_trouble_is_tried_again() -> None:
    storage = MemoryObjectStorage()
    storage.troubles.extend([Unavailable("HTTP 503"), Unreachable("ReadError")])

    deliver(storage, UPLOAD, b"bytes", Event())

    assert storage.objects == {UPLOAD.path: b"bytes"}


def test_a_refusal_is_not_tried_again() -> None:
    storage = MemoryObjectStorage()
    storage.troubles.append(StorageRefused("HTTP 403"))

    with pytest.raises(StorageRefused):
        deliver(storage, UPLOAD, b"bytes", Event())
    assert storage.objects == {}


def test_an_interrupted_attempt_does_not_go_on_trying() -> None:
    storage = MemoryObjectStorage()
    storage.troubles.append(Unavailable("HTTP 503"))
    stop = Event()
    stop.set()

    with pytest.raises(Unavailable):
        deliver(storage, UPLOAD, b"bytes", stop)
    assert storage.objects == {}


def test_a_lost_answer_leaves_one_object_over_http(client: httpx.Client, site: JobSite) -> None:
    upload = granted(job_order(), site.base_url).uploads[0]
    site.troubles["put"].append(Trouble(502, after=True))

    deliver(HttpObjectStorage(client), upload, b"bytes", Event())

    assert site.objects == {upload.path: b"bytes"}
    assert site.calls["put"] == 2
