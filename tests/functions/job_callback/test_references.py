"""The pictures a claimed job refers to: signed now, and what happens when one is gone."""

from typing import Any
from uuid import UUID

import pytest

from tests.fixtures.functions import Edge
from tests.fixtures.pictures import png
from tests.fixtures.wire import Wire


async def stored(edge: Edge, path: str) -> bytes:
    data = png()
    await edge.clients.storage.upload("reference_images", path, data, "image/png")
    return data


@pytest.fixture
async def picture(wire: Wire) -> tuple[str, bytes]:
    """A picture of the user's own, by path."""
    path = f"{wire.user.id}/mine.png"
    return path, await stored(wire.edge, path)


async def test_a_worker_is_given_fresh_urls_by_role(wire: Wire, picture: tuple[str, bytes]) -> None:
    """Q14: they were signed at submission and ran out while the job waited."""
    path, data = picture
    attempt = await wire.start(reference_image_url=f"reference_images/{path}", end_reference_url=path)
    references = attempt.claim["references"]
    assert references.keys() == {"reference", "end"}
    for url in references.values():
        assert (await wire.web.get(url)).content == data
    assert "token=" not in str((await wire.job(attempt.job_id))["metadata"])


async def test_a_picture_of_another_host_is_passed_on(wire: Wire, owner: Any) -> None:
    job_id = await wire.submit()
    await owner.execute(
        "update jobs set metadata = metadata || $2 where id = $1",
        UUID(job_id),
        {"start_reference_url": "https://pictures.test/a.png"},
    )
    attempt = await wire.claim(job_id)
    assert attempt.claim["references"] == {"start": "https://pictures.test/a.png"}


async def test_a_job_whose_picture_is_gone_is_made_without_and_says_so(wire: Wire, picture: tuple[str, bytes]) -> None:
    path, _ = picture
    job_id = await wire.submit(start_reference_url=path, end_reference_url=f"{wire.user.id}/gone.png")
    token = await wire.queue_token(job_id)
    first, again = [(await wire.ask(job_id, token)).json() for _ in range(2)]
    assert first["references"].keys() == again["references"].keys() == {"start"}
    warnings = (await wire.job(job_id))["warnings"]
    assert warnings.count("Not there any more: the picture for end.") == 1


async def test_a_job_that_requires_its_picture_fails_without_and_is_refunded(wire: Wire, owner: Any) -> None:
    job_id = await wire.submit(reference_image_url=f"{wire.user.id}/gone.png")
    await owner.execute(
        """update jobs set metadata = metadata || '{"reference_required": true}' where id = $1""", UUID(job_id)
    )
    answer = await wire.ask(job_id)
    assert (answer.status_code, answer.json()["skipped"], answer.json()["status"]) == (200, True, "failed")
    row = await wire.job(job_id)
    assert (row["status"], row["error_code"]) == ("failed", "bad_input")
    assert row["error_message"] == "Not there any more: the picture for reference."
    spent = await owner.fetchval(
        "select sum(credits_consumed) from usage_logs where user_id = $1 and action <> 'signup_grant'",
        UUID(wire.user.id),
    )
    assert spent == 0
