"""Who may do what: everything is granted by name. A new object shows up here until its grants are written down."""

from typing import Any

import asyncpg
import pytest

from tests.fixtures.catalog import ROLES, function_privileges, table_privileges

READ = {"select"}
QUEUE_SETTINGS = ("handout_window", "is_paused", "queue_ttl", "attempt_limit", "waiting_limit")

NEGATIVE_PROMPT_COLUMNS = (
    *("model_type", "content_mode", "priority_group", "negative_prompt", "priority", "is_active", "description"),
)
TEMPLATE_COLUMNS = (
    *("enhancer_model", "use_case", "content_mode", "template_name", "system_prompt", "token_limit", "is_active"),
    *("metadata", "job_type", "target_model", "description", "comment"),
)


def changes(columns: tuple[str, ...]) -> set[str]:
    return {f"{verb} ({column})" for verb in ("insert", "update") for column in columns}


async def test_these_are_all_privileges_on_tables(owner: Any) -> None:
    assert await table_privileges(owner) == {
        "anon": {},
        "authenticated": {
            "public.conversations": READ | {"update (title)", "delete"},
            "public.jobs": READ,
            "public.negative_prompts": READ | {"delete"} | changes(NEGATIVE_PROMPT_COLUMNS),
            "public.messages": READ,
            "public.profiles": READ | {"update (username)"},
            "public.prompt_templates": READ | {"delete"} | changes(TEMPLATE_COLUMNS),
            "public.system_config": READ,
            "public.usage_logs": READ,
            "public.user_activity_log": READ,
            "public.user_collections": READ
            | {f"insert ({column})" for column in ("user_id", "name", "description")}
            | {"update (name)", "update (description)", "delete"},
            "public.user_library": READ
            | {f"update ({column})" for column in ("custom_title", "tags", "is_favorite", "collection_id")},
            "public.user_roles": READ,
            "public.workers": READ,
            "public.workspace_assets": READ | {"update (generation_settings)"},
            "public.workspace_items": READ,
            "public.workspace_sessions": READ,
        },
        "service_role": {
            "public.conversations": READ,
            "public.job_leases": READ,
            "public.job_outputs": READ,
            "public.jobs": READ,
            "public.negative_prompts": READ,
            "public.messages": READ,
            "public.profiles": READ
            | {"update (age_verified)", "update (age_verification_date)", "update (subscription_status)"},
            "public.prompt_templates": READ,
            "public.queues": READ | {f"update ({column})" for column in QUEUE_SETTINGS},
            "public.system_config": READ | {"update (config)"},
            "public.usage_logs": READ,
            "public.user_activity_log": READ,
            "public.user_collections": READ,
            "public.user_library": READ,
            "public.user_roles": READ | {"insert", "delete"},
            "public.workers": READ,
            "public.workspace_assets": READ,
        },
    }


async def test_these_are_all_functions_that_the_api_s_roles_may_execute(owner: Any) -> None:
    """S11, S12: who is not signed in calls nothing."""
    found = await function_privileges(owner)
    assert {role: set(functions) for role, functions in found.items()} == {
        "anon": set(),
        "authenticated": {
            "private.has_reference_room",
            "private.is_admin",
            "private.is_own_object",
            "public.clear_workspace_session",
            "public.create_workspace_session",
            "public.save_workspace_item_to_library",
        },
        "service_role": {
            "public.active_worker",
            "public.admit_reference",
            "public.begin_turn",
            "public.cancel_job",
            "public.check_admin",
            "public.claim_due_saves",
            "public.claim_health_checks",
            "public.claim_job",
            "public.claim_wake_ups",
            "public.complete_job",
            "public.delete_asset",
            "public.enhance_job",
            "public.fail_job",
            "public.find_reference",
            "public.find_template",
            "public.finish_copy",
            "public.finish_saves",
            "public.finish_turn",
            "public.get_asset",
            "public.get_job",
            "public.grant_credits",
            "public.has_role",
            "public.health",
            "public.housekeeping",
            "public.list_assets",
            "public.list_jobs",
            "public.list_references",
            "public.list_workers",
            "public.negative_prompts",
            "public.plan_copy",
            "public.plan_enhancement",
            "public.plan_saves",
            "public.queue_status",
            "public.record_worker_health",
            "public.refresh_prompt_cache",
            "public.register_worker",
            "public.remember_enhancement",
            "public.replay_job",
            "public.report_progress",
            "public.submit_job",
            "public.sweep_jobs",
            "public.system_metrics",
            "public.warn_job",
        },
    }


async def test_no_role_of_the_api_may_create_anything(owner: Any) -> None:
    query = """
        select role, schema from unnest($1::text[]) role, unnest('{public,private}'::text[]) schema
        where has_schema_privilege(role, schema, 'create')
    """
    assert await owner.fetch(query, ROLES) == []


async def test_every_table_is_under_row_level_security(owner: Any) -> None:
    query = """
        select relname from pg_class
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
            and not relrowsecurity
    """
    assert await owner.fetch(query) == []


async def test_no_view_reads_with_its_owner_s_rights(owner: Any) -> None:
    query = """
        select relname from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
            and not coalesce(reloptions, '{}') && '{security_invoker=true,security_invoker=on}'
    """
    assert await owner.fetch(query) == []


async def test_every_policy_is_for_signed_in_users(owner: Any) -> None:
    rows = await owner.fetch(
        "select policyname, roles::text[] from pg_policies where schemaname in ('public', 'storage')"
    )
    assert rows
    assert {row["policyname"] for row in rows if row["roles"] != ["authenticated"]} == set()


async def test_every_function_sets_its_search_path(owner: Any) -> None:
    """What a caller puts in front of the search path is never run with the owner's rights."""
    query = """
        select proname from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and not 'search_path=""' = any (coalesce(proconfig, '{}'))
    """
    assert await owner.fetch(query) == []


async def test_what_the_api_offers_is_owned_by_the_migrations_role(owner: Any) -> None:
    query = "select distinct proowner::regrole::text from pg_proc where pronamespace = 'public'::regnamespace"
    assert await owner.fetchval(query) == "postgres"


@pytest.mark.parametrize("schema", ["public", "private"])
async def test_a_new_object_is_nobody_s_until_it_is_granted(owner: Any, schema: str) -> None:
    async with owner.acquire() as connection:
        before = await table_privileges(connection), await function_privileges(connection)
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(f"create table {schema}.brand_new (id bigserial)")
        await connection.execute(f"create function {schema}.brand_new() returns int language sql as 'select 1'")
        after = await table_privileges(connection), await function_privileges(connection)
        await transaction.rollback()
    assert after == before


async def test_the_functions_work_for_the_service_role(owner: Any) -> None:
    """They run with their owner's rights, so it needs none on the tables they write."""
    async with owner.acquire() as connection, connection.transaction():
        await connection.execute("set local role service_role")
        assert (await connection.fetchval("select public.health()"))["outcome"] == "healthy"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update public.sweeps set last_run = now()")
