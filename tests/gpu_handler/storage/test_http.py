import httpx
import pytest

from gpu_handler.retry import Unavailable
from gpu_handler.storage import HttpObjectStorage, StorageRefused
from shared.messages import Upload
from tests.fixtures.job_site import JobSite, Trouble
from tests.fixtures.orders import granted, job_order


@pytest.fixture
def storage(client: httpx.Client) -> HttpObjectStorage:
    return HttpObjectStorage(client)


@pytest.fixture
def upload(site: JobSite) -> Upload:
    return granted(job_order(), site.base_url).uploads[0]


def test_an_object_arrives_as_it_is_with_its_type(site: JobSite, storage: HttpObjectStorage, upload: Upload) -> None:
    storage.put(upload, b"\x89PNG and more")

    assert site.objects == {upload.path: b"\x89PNG and more"}
    assert site.content_types == {upload.path: "image/png"}


def test_an_object_that_is_there_already_counts_as_delivered(
    site: JobSite, storage: HttpObjectStorage, upload: Upload
) -> None:
    storage.put(upload, b"first")

    storage.put(upload, b"second")

    assert site.objects[upload.path] == b"first"


def test_a_plain_409_counts_as_delivered_too(site: JobSite, storage: HttpObjectStorage, upload: Upload) -> None:
    site.troubles["put"].append(Trouble(409))

    storage.put(upload, b"bytes")


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(400, body={"statusCode": "400", "error": "InvalidSignature", "message": "wrong"}),
        Trouble(400, body="<html>"),
        Trouble(403),
        Trouble(413),
    ],
)
def test_any_other_refusal_is_one(site: JobSite, storage: HttpObjectStorage, upload: Upload, trouble: Trouble) -> None:
    site.troubles["put"].append(trouble)

    with pytest.raises(StorageRefused, match=f"HTTP {trouble.status}") as raised:
        storage.put(upload, b"bytes")
    assert "signed-url-secret" not in str(raised.value)


def test_a_server_error_may_be_followed_by_success(site: JobSite, storage: HttpObjectStorage, upload: Upload) -> None:
    site.troubles["put"].append(Trouble(500))

    with pytest.raises(Unavailable):
        storage.put(upload, b"bytes")
    storage.put(upload, b"bytes")
    assert site.objects == {upload.path: b"bytes"}
