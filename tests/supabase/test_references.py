"""What SQL knows of reference pictures: room, pages, owners."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.edge.database.postgres import PostgresDatabase
from tests.fixtures.limits import limits
from tests.fixtures.stored_objects import StoredObjects


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


@pytest.fixture
def objects(owner: Any) -> StoredObjects:
    return StoredObjects(owner)


async def admit(database: PostgresDatabase, user_id: UUID, path: str, size: int) -> str:
    answer = await database.call("admit_reference", p_user_id=user_id, p_path=path, p_bytes=size)
    return str(answer["outcome"])


async def test_what_lies_there_is_counted_whoever_put_it_there(
    owner: Any, database: PostgresDatabase, objects: StoredObjects, user_id: UUID
) -> None:
    await objects.put(f"{user_id}/a.png", size=600, bucket="reference_images")
    await objects.put(f"{user_id}/folder/b.png", size=300, bucket="reference_images")
    # Not among the user's references.
    await objects.put(f"{uuid4()}/c.png", size=5000, bucket="reference_images")
    await objects.put(f"{user_id}/d.png", size=5000, bucket="user-library")
    async with limits(owner, reference_store_bytes=1000):
        assert await admit(database, user_id, f"{user_id}/new.png", 100) == "admitted"
        assert await admit(database, user_id, f"{user_id}/new.png", 101) == "full"
        answer = await database.call("list_references", p_user_id=user_id)
    assert (answer["used_bytes"], answer["limit_bytes"]) == (900, 1000)


async def test_the_same_object_takes_no_room_and_another_of_that_path_does(
    owner: Any, database: PostgresDatabase, objects: StoredObjects, user_id: UUID
) -> None:
    path = f"{user_id}/a.png"
    await objects.put(path, size=600, bucket="reference_images")
    async with limits(owner, reference_store_bytes=600):
        assert await admit(database, user_id, path, 600) == "stored"
        # As when somebody put other bytes there.
        assert await admit(database, user_id, path, 601) == "full"


async def test_without_a_limit_there_is_none(database: PostgresDatabase, user_id: UUID) -> None:
    assert await admit(database, user_id, f"{user_id}/a.png", 2**50) == "admitted"
    assert (await database.call("list_references", p_user_id=user_id))["limit_bytes"] is None


async def test_an_empty_store_lists_nothing(database: PostgresDatabase, user_id: UUID) -> None:
    answer = await database.call("list_references", p_user_id=user_id)
    assert (answer["outcome"], answer["references"], answer["used_bytes"]) == ("listed", [], 0)


async def test_a_reference_is_found_by_its_owner_only(
    database: PostgresDatabase, objects: StoredObjects, user_id: UUID
) -> None:
    await objects.put(f"{user_id}/a.png", bucket="reference_images")
    found = await database.call("find_reference", p_user_id=user_id, p_name="a.png")
    assert found == {"outcome": "found", "path": f"{user_id}/a.png"}
    for caller, name in ((uuid4(), "a.png"), (user_id, "b.png"), (uuid4(), f"../{user_id}/a.png")):
        answer = await database.call("find_reference", p_user_id=caller, p_name=name)
        assert answer == {"outcome": "not_found"}


async def test_only_the_latest_attempt_of_a_job_that_runs_may_warn(line: Any) -> None:
    attempt = await line.start()
    warn = {"p_job_id": attempt.job_id, "p_warning": "a picture is missing"}
    for number, outcome in (
        (attempt.number + 1, "stale_attempt"),
        (attempt.number, "warned"),
        (attempt.number, "warned"),
    ):
        assert (await line.database.call("warn_job", **warn, p_attempt=number))["outcome"] == outcome
    assert (await line.row(attempt.job_id))["warnings"] == ["a picture is missing"]
    assert (await line.database.call("warn_job", **{**warn, "p_job_id": uuid4()}, p_attempt=1))[
        "outcome"
    ] == "not_found"
