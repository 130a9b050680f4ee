"""``submit_job``: one row, its seed, its idempotency key."""

import asyncio
import uuid
from typing import Any

from tests.fixtures.concurrency import call_on, until_blocked
from tests.fixtures.lifecycle import Line

ADULT = {"config": {"num_images": 1, "seed": 7, "content_mode": "nsfw"}}


async def job_count(line: Line) -> int:
    return int(await line.owner.fetchval("select count(*) from jobs where queue = $1", line.queue))


async def test_a_job_is_queued_as_it_was_asked_for(line: Line) -> None:
    answer = await line.submit(
        quality="high", destination="library", enhanced_prompt="a very red circle", warnings=["unused"]
    )
    job = answer["job"]
    assert answer["outcome"] == "submitted"
    assert (job["user_id"], job["queue"], job["status"]) == (line.user_id, line.queue, "queued")
    assert (job["quality"], job["destination"], job["warnings"]) == ("high", "library", ["unused"])
    assert job["enhanced_prompt"] == "a very red circle"
    assert (job["attempts"], job["failures"], job["progress"], job["stage"]) == (0, 0, 0, "queued")


async def test_the_ids_of_other_tables_are_kept(line: Line) -> None:
    ids = {name: str(uuid.uuid4()) for name in ("project_id", "video_id", "image_id")}
    job = (await line.submit(**ids))["job"]
    assert {name: job[name] for name in ids} == ids


async def test_the_answer_is_the_row_as_it_stands_after_the_hand_out(line: Line) -> None:
    answer = await line.submit()
    row = await line.row(answer["job"]["id"])
    assert row["handout"] == answer["job"]["handout"] == 1
    assert row["handed_out_at"] is not None


async def test_effective_seed_and_credits_stand_in_the_metadata_beside_what_was_there(line: Line) -> None:
    job = (await line.submit(config={"num_images": 1, "seed": 42}))["job"]
    assert job["metadata"] == {"model_variant": "small", "seed": 42, "credits": 1}


async def test_a_given_seed_is_kept_be_it_zero(line: Line) -> None:
    job = (await line.submit(config={"num_images": 1, "seed": 0}))["job"]
    assert job["config"] == {"num_images": 1, "seed": 0}


async def test_a_missing_seed_is_drawn_anew_for_each_job(line: Line) -> None:
    first, second = [(await line.submit(config={"num_images": 1}))["job"] for _ in range(2)]
    assert first["config"]["seed"] != second["config"]["seed"]
    assert first["metadata"]["seed"] == first["config"]["seed"]


async def test_a_drawn_seed_leaves_room_for_one_more_with_every_output(line: Line) -> None:
    """With as many outputs as there are seeds, zero is the only one that leaves room."""
    for _ in range(3):
        job = (await line.submit(config={"num_images": 2**31 - 1}))["job"]
        assert job["config"]["seed"] == 0


async def test_the_position_counts_the_jobs_that_run_before(line: Line) -> None:
    await line.configure(handout_window=1)
    answers = [await line.submit() for _ in range(3)]
    assert [answer["position"] for answer in answers] == [0, 1, 2]
    assert [answer["queue_length"] for answer in answers] == [1, 2, 3]


async def test_a_user_who_does_not_exist_gets_no_job(line: Line) -> None:
    answer = await line.submit(user_id=str(uuid.uuid4()))
    assert answer == {"outcome": "not_found"}
    assert await job_count(line) == 0


async def test_adult_content_needs_a_verified_profile(line: Line) -> None:
    assert await line.submit(**ADULT) == {"outcome": "adult_not_verified"}
    assert await job_count(line) == 0
    await line.owner.execute("update profiles set age_verified = true where id = $1", line.user_id)
    assert (await line.submit(**ADULT))["outcome"] == "submitted"


async def test_the_same_key_and_request_again_is_the_same_job(line: Line) -> None:
    first = await line.submit(key="k")
    again = await line.submit(key="k")
    assert again["outcome"] == "replayed"
    assert again["job"] == first["job"]
    assert again["handouts"] == []
    assert await job_count(line) == 1


async def test_a_replay_tells_how_the_job_stands_now(line: Line) -> None:
    job_id = await line.job(key="k")
    await line.cancel(job_id)
    again = await line.submit(key="k")
    assert (again["outcome"], again["job"]["status"], again["position"]) == ("replayed", "cancelled", None)


async def test_the_same_key_with_another_request_is_a_conflict(line: Line) -> None:
    job_id = await line.job(key="k", request="one")
    before = await line.state(job_id)
    assert await line.submit(key="k", request="another") == {"outcome": "idempotency_conflict"}
    assert await line.state(job_id) == before
    assert await job_count(line) == 1


async def test_each_user_s_keys_are_their_own(line: Line, other_line: Line) -> None:
    """P6"""
    lines = [line, other_line]
    jobs = [await each.job(key="k") for each in lines]
    assert [(await each.submit(key="k"))["job"]["id"] for each in lines] == jobs


async def test_without_a_key_every_request_is_a_job(line: Line) -> None:
    assert await line.job() != await line.job()


class TestTwoAtOnceWithOneKey:
    """The second finds the first one's row not yet committed, and waits for what becomes of it."""

    async def submit_twice(self, line: Line, *, commit: bool) -> tuple[Any, Any]:
        arguments = line.submission() | {"p_idempotency_key": "k", "p_request_hash": "one"}
        async with line.owner.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            first = await call_on(connection, "submit_job", **arguments)
            second = asyncio.create_task(line.submit(key="k", request="one"))
            await until_blocked(line.owner, 1, "submit_job")
            await (transaction.commit() if commit else transaction.rollback())
        return first, await second

    async def test_makes_one_job(self, line: Line) -> None:
        first, second = await self.submit_twice(line, commit=True)
        assert (first["outcome"], second["outcome"]) == ("submitted", "replayed")
        assert second["job"]["id"] == first["job"]["id"]
        assert await job_count(line) == 1

    async def test_makes_the_second_s_job_when_the_first_did_not_come_to_be(self, line: Line) -> None:
        first, second = await self.submit_twice(line, commit=False)
        assert second["outcome"] == "submitted"
        assert second["job"]["id"] != first["job"]["id"]
        assert await job_count(line) == 1
