"""The double of the database seam."""

import pytest

from functions.edge.database import Database, DatabaseUnavailable, ScriptedDatabase


async def test_it_gives_each_function_s_answers_in_order() -> None:
    database = ScriptedDatabase()
    database.will_answer("claim_job", {"outcome": "claimed"}, {"outcome": "over"})
    database.will_answer("health", {"outcome": "healthy"})
    seam: Database = database
    assert await seam.call("claim_job") == {"outcome": "claimed"}
    assert await seam.call("health") == {"outcome": "healthy"}
    assert await seam.call("claim_job") == {"outcome": "over"}


async def test_it_raises_an_answer_that_is_an_exception() -> None:
    database = ScriptedDatabase()
    database.will_answer("health", DatabaseUnavailable(), {"outcome": "healthy"})
    with pytest.raises(DatabaseUnavailable):
        await database.call("health")
    assert await database.call("health") == {"outcome": "healthy"}


async def test_it_writes_down_what_it_was_asked() -> None:
    database = ScriptedDatabase()
    database.will_answer("get_job", {"outcome": "found"})
    await database.call("get_job", p_job_id=1, p_user_id=2)
    assert database.calls == [("get_job", {"p_job_id": 1, "p_user_id": 2})]


async def test_a_call_that_nobody_wrote_down_fails_the_test() -> None:
    database = ScriptedDatabase()
    with pytest.raises(IndexError):
        await database.call("health")
    assert database.calls == [("health", {})]
