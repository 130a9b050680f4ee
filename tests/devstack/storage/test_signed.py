"""Signed URLs for downloads and uploads."""

import time
from typing import Any

import httpx
import jwt
import pytest
from storage3.exceptions import StorageApiError

from devstack.keys import Keys
from tests.fixtures.storage_service import Caller, HeldUpload, Service, eventually


@pytest.fixture
async def signed_download(service: Service, bucket: str) -> str:
    await service.admin.from_(bucket).upload("a b/c.txt", b"hello")
    return str((await service.admin.from_(bucket).create_signed_url("a b/c.txt", 60))["signedUrl"])


@pytest.fixture
async def signed_upload(service: Service, bucket: str) -> str:
    return (await service.admin.from_(bucket).create_signed_upload_url("a b/c.txt"))["signed_url"]


def token_of(url: str) -> str:
    return httpx.URL(url).params["token"]


def with_token(url: str, token: str) -> httpx.URL:
    return httpx.URL(url).copy_merge_params({"token": token})


async def test_a_signed_url_needs_no_other_token(service: Service, signed_download: str) -> None:
    answer = await service.http.get(signed_download)
    assert (answer.status_code, answer.content) == (200, b"hello")


async def test_a_signed_url_can_be_asked_for_its_head(service: Service, signed_download: str) -> None:
    assert (await service.http.head(signed_download)).headers["content-length"] == "5"


async def test_a_signed_url_serves_ranges(service: Service, signed_download: str) -> None:
    answer = await service.http.get(signed_download, headers={"Range": "bytes=1-2"})
    assert (answer.status_code, answer.content) == (206, b"el")


async def test_a_signed_answer_expires_with_its_url(service: Service, signed_download: str) -> None:
    answer = await service.http.get(signed_download)
    assert answer.headers["expires"].endswith(" GMT")
    assert "cache-control" not in answer.headers


async def test_a_signed_url_can_name_the_file_to_save(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"hello")
    url = (await service.admin.from_(bucket).create_signed_url("a.txt", 60, {"download": "my.txt"}))["signedUrl"]
    assert "my.txt" in (await service.http.get(str(url))).headers["content-disposition"]


async def test_the_url_is_relative_to_the_api_and_lasts_as_long_as_asked(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"hello")
    answer = await service.request(
        "POST", f"/object/sign/{bucket}/a.txt", service.service_role, json={"expiresIn": 100}
    )
    url = answer.json()["signedURL"]
    assert url.startswith(f"/object/sign/{bucket}/a.txt?token=")
    claims = service.keys.verify(token_of(f"http://x{url}"))
    assert claims["exp"] - claims["iat"] == 100


async def test_nothing_cannot_be_signed(service: Service, bucket: str) -> None:
    with pytest.raises(StorageApiError, match="Object not found"):
        await service.admin.from_(bucket).create_signed_url("nothing", 60)


@pytest.mark.parametrize("seconds", [0, -1])
async def test_a_url_cannot_expire_at_once(service: Service, bucket: str, seconds: int) -> None:
    with pytest.raises(StorageApiError, match="body/expiresIn"):
        await service.admin.from_(bucket).create_signed_url("a.txt", seconds)


async def test_a_batch_answers_for_each_path_in_order(service: Service, bucket: str) -> None:
    for name in ("a.txt", "b.txt"):
        await service.admin.from_(bucket).upload(name, name.encode())
    batch = await service.admin.from_(bucket).create_signed_urls(["b.txt", "nothing", "a.txt"], 60)
    assert [entry["path"] for entry in batch] == ["b.txt", "nothing", "a.txt"]
    assert batch[1]["signedURL"] is None
    assert batch[1]["error"] == "Either the object does not exist or you do not have access to it"
    assert (await service.http.get(str(batch[0]["signedURL"]))).content == b"b.txt"


def forged(claims: dict[str, Any]) -> list[str]:
    return [Keys.generate().sign(claims), jwt.encode(claims, "a guess that is long enough " * 2, algorithm="HS256")]


async def test_a_forged_token_is_refused(service: Service, signed_download: str) -> None:
    claims = service.keys.verify(token_of(signed_download))
    for token in [*forged(claims), "nonsense", ""]:
        answer = await service.http.get(with_token(signed_download, token))
        assert answer.status_code == 400
        assert (answer.json()["statusCode"], answer.json()["error"]) == ("400", "InvalidJWT")


async def test_an_expired_token_is_refused(service: Service, signed_download: str) -> None:
    claims = service.keys.verify(token_of(signed_download))
    expired = service.keys.sign({**claims, "exp": int(time.time()) - 1})
    answer = await service.http.get(with_token(signed_download, expired))
    assert answer.json() == {"statusCode": "400", "error": "InvalidJWT", "message": "Signature has expired"}


async def test_a_token_is_good_for_its_own_object_alone(service: Service, bucket: str, signed_download: str) -> None:
    await service.admin.from_(bucket).upload("other.txt", b"secret")
    answer = await service.request("GET", f"/object/sign/{bucket}/other.txt?token={token_of(signed_download)}")
    assert answer.json() == {"statusCode": "400", "error": "InvalidSignature", "message": "Invalid signature"}


async def test_a_user_s_token_is_no_signed_token(service: Service, signed_download: str, alice: Caller) -> None:
    answer = await service.http.get(with_token(signed_download, alice.token))
    assert answer.json()["error"] == "InvalidSignature"


async def test_a_signed_token_is_no_user_s_token(service: Service, bucket: str, signed_download: str) -> None:
    headers = {"Authorization": f"Bearer {token_of(signed_download)}"}
    answer = await service.request("GET", f"/object/{bucket}/a%20b/c.txt", headers=headers)
    assert answer.json()["error"] == "Unauthorized"


async def test_a_signed_url_outlives_a_replacement_of_the_object(
    service: Service, bucket: str, signed_download: str
) -> None:
    await service.admin.from_(bucket).update("a b/c.txt", b"new")
    assert (await service.http.get(signed_download)).content == b"new"


async def test_a_signed_url_ends_with_its_object(service: Service, bucket: str, signed_download: str) -> None:
    await service.admin.from_(bucket).remove(["a b/c.txt"])
    assert (await service.http.get(signed_download)).json()["message"] == "Object not found"


async def test_an_upload_to_a_signed_url_needs_no_other_token(
    service: Service, bucket: str, signed_upload: str
) -> None:
    answer = await service.http.put(signed_upload, content=b"hello", headers={"Content-Type": "image/png"})
    assert answer.json() == {"Key": f"{bucket}/a b/c.txt"}
    assert await service.admin.from_(bucket).download("a b/c.txt") == b"hello"


async def test_the_python_client_uploads_a_form_to_a_signed_url(service: Service, bucket: str) -> None:
    signed = await service.admin.from_(bucket).create_signed_upload_url("a.png")
    options = {"content-type": "image/png", "cache-control": "60"}
    uploaded = await service.admin.from_(bucket).upload_to_signed_url(signed["path"], signed["token"], b"x", options)  # type: ignore[arg-type]
    assert uploaded.full_path == f"{bucket}/a.png"
    info = await service.admin.from_(bucket).info("a.png")
    assert (info["content_type"], info["cache_control"]) == ("image/png", "max-age=60")


async def test_an_upload_url_is_good_for_two_hours(service: Service, signed_upload: str) -> None:
    claims = service.keys.verify(token_of(signed_upload))
    assert claims["exp"] - claims["iat"] == 7200


async def test_the_signer_owns_what_is_uploaded(service: Service, per_user_bucket: str, alice: Caller) -> None:
    path = f"{alice.id}/a.txt"
    signed = await service.as_(alice).from_(per_user_bucket).create_signed_upload_url(path)
    await service.http.put(signed["signed_url"], content=b"x")
    (removed,) = await service.admin.from_(per_user_bucket).remove([path])
    assert (removed["owner"], removed["owner_id"]) == (alice.id, alice.id)


async def test_an_upload_url_does_not_replace(service: Service, bucket: str, signed_upload: str) -> None:
    await service.http.put(signed_upload, content=b"first")
    answer = await service.http.put(signed_upload, content=b"second", headers={"x-upsert": "true"})
    assert answer.json()["error"] == "Duplicate"
    assert await service.admin.from_(bucket).download("a b/c.txt") == b"first"


async def test_an_upload_url_signed_with_upsert_replaces(service: Service, bucket: str) -> None:
    answer = await service.request(
        "POST", f"/object/upload/sign/{bucket}/a.txt", service.service_role, headers={"x-upsert": "true"}
    )
    for content in (b"first", b"second"):
        await service.request("PUT", answer.json()["url"], content=content)
    assert await service.admin.from_(bucket).download("a.txt") == b"second"


async def test_of_two_uploads_to_one_signed_url_the_later_finisher_wins(
    service: Service, bucket: str, signed_upload: str
) -> None:
    held = HeldUpload(service, "PUT", signed_upload.removeprefix(service.url))
    await eventually(lambda: len(service.files(bucket)) == 1)
    assert (await service.http.put(signed_upload, content=b"overtaking")).status_code == 200
    assert (await held.finish()).status_code == 200
    assert await service.admin.from_(bucket).download("a b/c.txt") == b"first,last"


async def test_an_existing_object_cannot_be_signed_for_upload(service: Service, bucket: str) -> None:
    await service.admin.from_(bucket).upload("a.txt", b"x")
    with pytest.raises(StorageApiError, match="already exists"):
        await service.admin.from_(bucket).create_signed_upload_url("a.txt")


async def test_the_bucket_s_limits_hold_for_signed_uploads_too(service: Service) -> None:
    bucket = await service.new_bucket(file_size_limit=10, allowed_mime_types=["image/*"])
    signed = (await service.admin.from_(bucket).create_signed_upload_url("a.png"))["signed_url"]
    wrong_type = await service.http.put(signed, content=b"x", headers={"Content-Type": "text/plain"})
    too_large = await service.http.put(signed, content=b"x" * 11, headers={"Content-Type": "image/png"})
    assert [answer.json()["statusCode"] for answer in (wrong_type, too_large)] == ["415", "413"]
    assert not service.files(bucket)


async def test_a_forged_or_expired_upload_token_is_refused(service: Service, bucket: str, signed_upload: str) -> None:
    claims = service.keys.verify(token_of(signed_upload))
    expired = service.keys.sign({**claims, "exp": int(time.time()) - 1})
    for token in [*forged(claims), expired]:
        answer = await service.http.put(with_token(signed_upload, token), content=b"x")
        assert answer.json()["error"] == "InvalidJWT"
    assert not service.files(bucket)


async def test_a_download_token_uploads_nothing(service: Service, bucket: str, signed_download: str) -> None:
    path = f"/object/upload/sign/{bucket}/a%20b/c.txt?token={token_of(signed_download)}"
    assert (await service.request("PUT", path, content=b"new")).json()["error"] == "InvalidSignature"
    assert await service.admin.from_(bucket).download("a b/c.txt") == b"hello"


async def test_an_upload_token_downloads_nothing(service: Service, bucket: str, signed_upload: str) -> None:
    await service.http.put(signed_upload, content=b"secret")
    path = f"/object/sign/{bucket}/a%20b/c.txt?token={token_of(signed_upload)}"
    assert (await service.request("GET", path)).json()["error"] == "InvalidSignature"
