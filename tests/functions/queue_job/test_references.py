"""A submission's references: whose they are, and what the job keeps of them."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fixtures.functions import Doubles, Edge
from tests.fixtures.rows import submitted
from tests.fixtures.users import User

STORAGE = "http://project.test/storage/v1/object/sign"
SIGNATURE = "?token=a.signature"
FIELDS = ["reference_image_url", "start_reference_url", "end_reference_url"]


async def submit(doubles: Doubles, **fields: Any) -> dict[str, Any]:
    """The metadata of the job."""
    doubles.database.will_answer("submit_job", submitted())
    body = {"job_type": "sdxl_image_fast", "prompt": "a red cat", **fields}
    answer = await doubles.http.post("queue-job", json=body, headers=doubles.as_user)
    assert answer.status_code == 200, answer.text
    ((_, arguments),) = doubles.database.calls
    assert "signature" not in str(arguments)
    metadata: dict[str, Any] = arguments["p_job"]["metadata"]
    return metadata


async def test_the_job_keeps_bucket_and_path_and_what_is_said_of_them(doubles: Doubles) -> None:
    """Q14: the original kept a URL that ran out after an hour."""
    mine = [f"reference_images/{doubles.user_id}/{name}.png" for name in "abc"]
    urls = dict(zip(FIELDS, [f"{STORAGE}/{path}{SIGNATURE}" for path in mine], strict=True))
    metadata = await submit(doubles, **urls, reference_strength=0.4, reference_type="style", denoise_strength=0.3)
    assert {name: metadata[name] for name in FIELDS} == dict(zip(FIELDS, mine, strict=True))
    said = {"reference_strength": 0.4, "reference_type": "style", "denoise_strength": 0.3, "reference_required": False}
    assert said.items() <= metadata.items()


@pytest.mark.parametrize(("said", "counts"), [({}, 0.5), ({"reference_strength": 0}, 0)])
async def test_a_reference_counts_by_half_where_nobody_says(
    doubles: Doubles, said: dict[str, Any], counts: float
) -> None:
    mine = f"reference_images/{doubles.user_id}/a.png"
    assert (await submit(doubles, reference_image_url=mine, **said))["reference_strength"] == counts


@pytest.mark.parametrize(("said", "fit"), [({}, "cover"), ({"reference_fit": "contain"}, "contain")])
async def test_a_reference_covers_the_picture_where_nobody_says(
    doubles: Doubles, said: dict[str, Any], fit: str
) -> None:
    mine = f"reference_images/{doubles.user_id}/a.png"
    assert (await submit(doubles, reference_image_url=mine, **said))["reference_fit"] == fit


async def test_no_other_spelling_and_no_signature_stays_in_the_metadata(doubles: Doubles) -> None:
    """K11: nothing signed is kept, whatever key it comes under."""
    mine = f"user-library/{doubles.user_id}/a.png"
    url = f"{STORAGE}/{mine}{SIGNATURE}"
    own = {"reference_image": url, "referenceImageUrl": url, "image": url, "mine": {"thumbnail": [url]}, "shot": "wide"}
    metadata = await submit(doubles, metadata=own)
    assert metadata["reference_image_url"] == mine
    assert not {"reference_image", "referenceImageUrl", "image"} & metadata.keys()
    assert (metadata["mine"], metadata["shot"]) == ({"thumbnail": [mine]}, "wide")


async def test_a_flag_of_that_name_is_the_client_s_own(doubles: Doubles) -> None:
    metadata = await submit(doubles, metadata={"reference_image": True})
    assert metadata["reference_image"] is True
    assert "reference_image_url" not in metadata


async def test_a_client_cannot_put_a_reference_past_the_check(doubles: Doubles) -> None:
    """What the claim reads is the server's own, whatever the client's metadata say under its names."""
    hidden = {"end_reference_url": {"not": "a text"}, "reference_required": 7}
    metadata = await submit(doubles, end_reference_url="", reference_required=False, metadata=hidden)
    assert not {"end_reference_url", "reference_required"} & metadata.keys()


@pytest.mark.parametrize("field", FIELDS)
async def test_another_user_s_picture_is_not_found_and_nothing_is_submitted(doubles: Doubles, field: str) -> None:
    """S3: the service signed any file of anybody and gave the caller the URL."""
    for reference in (f"workspace-temp/{uuid4()}/j/1-0.png", f"user-library/{doubles.user_id}/../{uuid4()}/a.png"):
        body = {"job_type": "sdxl_image_fast", "prompt": "a red cat", field: reference}
        answer = await doubles.http.post("queue-job", json=body, headers=doubles.as_user)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.json()["referenceImageError"] is True
        assert reference not in answer.text
    assert doubles.database.calls == []


async def test_an_unknown_host_is_refused_and_the_known_ones_are_named(doubles: Doubles) -> None:
    body = {"job_type": "sdxl_image_fast", "prompt": "a red cat", "metadata": {"first_frame": "https://evil.test/a"}}
    answer = await doubles.http.post("queue-job", json=body, headers=doubles.as_user)
    assert (answer.status_code, answer.json()["referenceImageError"]) == (400, True)
    assert answer.json()["details"].startswith("start_reference_url: a picture of this project's storage")


async def test_a_url_signed_anew_is_the_same_request(edge: Edge, user: User) -> None:
    """An idempotency key holds for the job, not for a signature."""
    path = f"reference_images/{user.id}/a.png"
    headers = {**user.headers, "Idempotency-Key": uuid4().hex}
    bodies = [
        {"job_type": "sdxl_image_fast", "prompt": "a cat", "reference_image_url": f"/object/sign/{path}?token={token}"}
        for token in ("first", "second")
    ]
    first, second = [await edge.http.post("queue-job", json=body, headers=headers) for body in bodies]
    assert (first.status_code, second.status_code) == (200, 200), second.text
    assert first.json()["job_id"] == second.json()["job_id"]
    assert first.json()["job"]["metadata"]["reference_image_url"] == path
