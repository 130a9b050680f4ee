"""The admin pages: PromptManagementTab, useRefreshCache, SystemConfigTab, HealthCheckJobCleaner, AdminDatabaseManager.
And what stands beside them: the base negative prompt, the checks of an enhancement."""

from typing import Any
from uuid import uuid4

from tests.clients.conftest import Browser, Caller, refusal
from tests.fixtures.lifecycle import Line

TABLES = {"templates": "prompt_templates", "negatives": "negative_prompts"}


async def contents(owner: Any) -> dict[str, list[dict[str, Any]]]:
    tables = (*TABLES.values(), "system_config")
    return {table: [dict(row) for row in await owner.fetch(f"select * from {table} order by id")] for table in tables}


async def test_an_admin_arranges_templates_and_negative_prompts(admin_browser: Browser, owner: Any) -> None:
    """PromptManagementTab lists, inserts, changes, switches off and deletes."""
    before = await contents(owner)
    answer = admin_browser.run("admin_tables.mjs", f"test {uuid4().hex}")

    for name, table in TABLES.items():
        done = answer[name]
        assert (done["refused"], done["deleted"], done["toggled"]) == (None, 1, [{"is_active": False}])
        assert len(done["listed"]) == len(before[table]) + 1
        assert done["listed"][0] == done["inserted"]["id"]
    (template,), (negative,) = answer["templates"]["updated"], answer["negatives"]["updated"]
    assert (template["system_prompt"], template["version"]) == ("Make it much better.", 2)
    assert negative["priority"] == 9
    assert await contents(owner) == before


async def test_a_user_sees_and_changes_none_of_them(browser: Browser, owner: Any) -> None:
    """Who opens the same page without being an admin."""
    before = await contents(owner)
    answer = browser.run("admin_tables.mjs", f"test {uuid4().hex}")
    for name in TABLES:
        nothing: list[Any] = []
        assert answer[name] == {
            "refused": "42501",
            "inserted": None,
            "listed": nothing,
            "updated": nothing,
            "toggled": nothing,
            "deleted": 0,
        }
    assert answer["config"] is None
    assert await contents(owner) == before


async def test_an_admin_reads_the_configuration_and_no_page_writes_it_back_whole(
    admin_browser: Browser, owner: Any
) -> None:
    """S6, F9: SystemConfigTab wrote the copy back that it had read when it was opened."""
    answer = admin_browser.run("admin_tables.mjs", f"test {uuid4().hex}")
    assert answer["config"] == await owner.fetchval("select config from system_config")
    assert answer["saveConfig"] == "42501"


async def test_no_admin_deletes_rows_of_jobs(admin_browser: Browser) -> None:
    """Q12: HealthCheckJobCleaner and AdminDatabaseManager left the queue's entry behind, for a worker to draw."""
    assert admin_browser.run("admin_tables.mjs", f"test {uuid4().hex}")["deleteJobs"] == "42501"


async def test_the_cache_is_refreshed_by_an_admin_alone(admin_caller: Caller, caller: Caller) -> None:
    """useRefreshCache sends an empty body, PromptManagementTab force_refresh; both read cache_stats."""
    bodies: list[dict[str, Any]] = [{}, {"force_refresh": True}]
    calls = {str(body): ("refresh-prompt-cache", {"body": body}) for body in bodies}
    for answer in admin_caller.call(**calls).values():
        assert answer["success"] is True
        assert answer["cache_stats"]["templateCount"] > 0
        assert answer["cache_stats"]["negativePromptCount"] > 0
    assert [refusal(answer) for answer in caller.call(**calls).values()] == [(403, "forbidden")] * 2


async def test_a_failed_job_is_replayed_by_an_admin_alone(
    admin_caller: Caller, caller: Caller, other_line: Line
) -> None:
    """No page of the original did."""
    failed = await other_line.start()
    await failed.fail(retryable=False)
    call = ("replay-job", {"body": {"job_id": failed.job_id}})
    assert refusal(caller.call(replay=call)["replay"]) == (403, "forbidden")
    answer = admin_caller.call(replay=call)["replay"]
    assert (answer["replayOf"], answer["status"]) == (failed.job_id, "queued")


async def test_an_enhancement_is_checked_for_an_admin_alone(admin_caller: Caller, caller: Caller) -> None:
    """F2, S18: no page calls it; it reads the two texts that it is sent, and no job of anybody."""
    body = {"original_prompt": "a red cat", "enhanced_prompt": "a red cat, soft light", "test_cases": ["keeps_subject"]}
    call = ("validate-enhancement-fix", {"body": body})
    answer = admin_caller.call(check=call)["check"]
    assert [result["passed"] for result in answer["validation_results"]] == [True]
    assert refusal(caller.call(check=call)["check"]) == (403, "forbidden")


async def test_the_base_negative_prompt_is_read(caller: Caller) -> None:
    """useBaseNegativePrompt reads baseNegativePrompt; the original's was empty without a cache."""
    answers = caller.call(
        sfw=("get-negative-prompt", {"body": {"modelType": "sdxl", "contentMode": "sfw"}}),
        nsfw=("get-negative-prompt", {"body": {"modelType": "sdxl", "contentMode": "nsfw"}}),
        unknown=("get-negative-prompt", {"body": {"modelType": "rv51", "contentMode": "sfw"}}),
    )
    assert "worst quality" in answers["sfw"]["baseNegativePrompt"]
    assert refusal(answers["nsfw"]) == (403, "adult_not_verified"), "this deployment makes no adult content"
    assert refusal(answers["unknown"]) == (400, "invalid_request")
