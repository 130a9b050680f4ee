"""What may be named as a reference, and what of it is kept."""

from typing import Any
from uuid import UUID

import pytest

from functions.edge.errors import ApiError
from functions.edge.references import Place, place_of, reduced, unsigned
from functions.edge.settings import Settings, load_settings
from shared.errors import SPECS, ErrorCode
from tests.fixtures.functions import environment

ME = UUID("7c1d9f6e-52bb-4c57-8d8f-2f1f6c0a9b11")
VICTIM = UUID("0b9e9f0a-8f0e-4c55-a6b4-7f0f6b0a3c22")
MINE = f"reference_images/{ME}/cat.png"
STORAGE = "http://project.test/storage/v1"
SIGNATURE = "?token=eyJhbGciOiJIUzI1NiJ9.e30.signature"


def settings(hosts: str = "") -> Settings:
    return load_settings(environment(REFERENCE_HOSTS=hosts))


def reduce(reference: str, hosts: str = "") -> str:
    return reduced("reference_image_url", reference, ME, settings(hosts))


def refused(reference: str, hosts: str = "") -> ApiError:
    with pytest.raises(ApiError) as caught:
        reduce(reference, hosts)
    assert caught.value.flags == {"referenceImageError": True}
    assert "signature" not in f"{caught.value.message}{caught.value.details}"
    return caught.value


@pytest.mark.parametrize(
    "reference",
    [
        f"{STORAGE}/object/sign/{MINE}{SIGNATURE}",
        f"{STORAGE}/object/upload/sign/{MINE}{SIGNATURE}",
        f"{STORAGE}/object/authenticated/{MINE}",
        f"{STORAGE}/object/public/{MINE}",
        f"{STORAGE}/object/{MINE}",
        f"{STORAGE}/render/image/sign/{MINE}{SIGNATURE}&width=64",
        f"HTTP://PROJECT.TEST:80/storage/v1/object/sign/{MINE}{SIGNATURE}",
        f"/storage/v1/object/sign/{MINE}{SIGNATURE}",
        f"/object/sign/{MINE}{SIGNATURE}",
        f"  {MINE}  ",
        f"/{MINE}",
        f"{ME}/cat.png",
        f"{STORAGE}/object/sign/reference_images/{ME}/%63at.png{SIGNATURE}",
        f"reference_images/{VICTIM}/../{ME}/cat.png",
        f"workspace-temp/x/../../reference_images//{ME}/./cat.png",
    ],
)
def test_however_an_object_of_ours_is_named_bucket_and_path_are_kept(reference: str) -> None:
    """Q14, K11: nothing signed is kept, so nothing runs out."""
    assert reduce(reference) == MINE


@pytest.mark.parametrize("bucket", ["workspace-temp", "user-library", "reference_images"])
def test_every_bucket_may_be_referred_to(bucket: str) -> None:
    assert reduce(f"{bucket}/{ME}/a/1-0.png") == f"{bucket}/{ME}/a/1-0.png"


@pytest.mark.parametrize(
    "reference",
    [
        f"workspace-temp/{VICTIM}/job/1-0.png",
        f"user-library/{VICTIM}/cat.png",
        f"{VICTIM}/cat.png",
        f"{STORAGE}/object/sign/reference_images/{VICTIM}/cat.png{SIGNATURE}",
        f"reference_images/{ME}/../{VICTIM}/cat.png",
        f"{STORAGE}/object/sign/reference_images/{ME}/..%2f{VICTIM}/cat.png",
        f"{STORAGE}/object/sign/reference_images/{ME}/%2e%2e/{VICTIM}/cat.png",
        f"{STORAGE}/object/sign/reference_images/{ME}/../../workspace-temp/{VICTIM}/cat.png",
        f"reference_images/{ME}x/cat.png",
        f"reference_images/{str(ME).upper()}/cat.png",
        "reference_images/public/cat.png",
    ],
)
def test_another_user_s_object_is_not_found_by_any_way_to_it(reference: str) -> None:
    """S3: the service signed whatever it was given, dot segments included."""
    assert refused(reference).code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    "reference",
    [
        "cat.png",
        f"avatars/{ME}/cat.png",
        f"reference_images/{ME}",
        f"reference_images/{ME}/",
        f"../reference_images/{ME}/cat.png/../../../..",
        f"{STORAGE}/object/sign/{ME}/cat.png",
        f"{STORAGE}/bucket/reference_images",
        f"http://project.test/rest/v1/{MINE}",
        f"http://project.test:8000/storage/v1/object/{MINE}",
        f"http://user@project.test.evil.test/storage/v1/object/{MINE}",
        f"ftp://project.test/storage/v1/object/{MINE}",
        f"file:///storage/v1/object/{MINE}",
        f"//project.test/storage/v1/object/{MINE}",
        f"reference_images/{ME}/%252e%252e/{VICTIM}/cat.png",
        f"reference_images/{ME}\\..\\{VICTIM}\\cat.png",
        f"reference_images/{ME}/c%00at.png",
        "data:image/png;base64,iVBORw0KGgo=",
        "javascript:alert(1)",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "https://elsewhere.test/cat.png",
        " ",
    ],
)
def test_what_is_no_object_of_ours_is_refused_with_what_would_be(reference: str) -> None:
    error = refused(reference)
    assert SPECS[error.code].status == 400
    assert "reference_image_url" in error.message
    assert "reference_images" in error.message


class TestOtherHosts:
    HOSTS = "pictures.test, .cdn.test"

    @pytest.mark.parametrize(
        "host", ["pictures.test", "PICTURES.TEST", "eu.cdn.test", "a.b.cdn.test", "pictures.test:8443"]
    )
    def test_a_listed_one_is_kept_as_it_is(self, host: str) -> None:
        assert reduce(f"https://{host}/cat.png?size=2#top", self.HOSTS) == f"https://{host}/cat.png?size=2"

    @pytest.mark.parametrize(
        "url",
        [
            "https://elsewhere.test/cat.png",
            "https://pictures.test.evil.test/cat.png",
            "https://evilpictures.test/cat.png",
            "https://cdn.test/cat.png",
            "https://.cdn.test/cat.png",
            "http://pictures.test/cat.png",
            "https://me:secret@pictures.test/cat.png",
            "https://pictures.test@evil.test/cat.png",
        ],
    )
    def test_any_other_is_refused_and_the_listed_ones_are_named(self, url: str) -> None:
        error = refused(url, self.HOSTS)
        assert error.code is ErrorCode.INVALID_REQUEST
        assert "pictures.test, .cdn.test" in error.message

    def test_a_star_allows_all(self) -> None:
        assert reduce("https://elsewhere.test/cat.png", "*") == "https://elsewhere.test/cat.png"

    def test_a_star_allows_nobody_else_s_object_of_ours(self) -> None:
        assert refused(f"{STORAGE}/object/sign/reference_images/{VICTIM}/cat.png", "*").code is ErrorCode.NOT_FOUND


def test_what_is_kept_is_found_again() -> None:
    assert place_of(reduce(MINE)) == Place("reference_images", f"{ME}/cat.png")
    assert place_of("https://pictures.test/cat.png") is None


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (f"{STORAGE}/object/sign/{MINE}{SIGNATURE}", MINE),
        (f"/object/sign/{MINE}{SIGNATURE}", MINE),
        ({"a": [f"{STORAGE}/object/sign/{MINE}{SIGNATURE}"]}, {"a": [MINE]}),
        (f"{STORAGE}/object/sign/avatars/x.png{SIGNATURE}", f"{STORAGE}/object/sign/avatars/x.png"),
        ("https://elsewhere.test/?token=1", "https://elsewhere.test/?token=1"),
        ("is it red?", "is it red?"),
        ("http://[", "http://["),
        (7, 7),
        (None, None),
    ],
)
def test_in_a_client_s_own_keys_a_signature_is_taken_off(value: Any, kept: Any) -> None:
    assert unsigned(value, settings()) == kept
