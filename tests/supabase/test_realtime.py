"""What clients may watch."""

from typing import Any

DEFAULT, FULL = b"d", b"f"


async def test_jobs_assets_and_the_library_are_published_and_nothing_else(owner: Any) -> None:
    rows = await owner.fetch(
        "select schemaname, tablename from pg_publication_tables where pubname = 'supabase_realtime'"
    )
    assert {(row["schemaname"], row["tablename"]) for row in rows} == {
        ("public", "jobs"),
        ("public", "workspace_assets"),
        ("public", "user_library"),
    }


async def test_whole_tables_are_published(owner: Any) -> None:
    """A row filter or a column list would need a replica identity that covers it."""
    rows = await owner.fetch("select prqual, prattrs from pg_publication_rel")
    assert {(row["prqual"], row["prattrs"]) for row in rows} == {(None, None)}


async def test_a_deleted_asset_is_told_whole_and_a_deleted_job_by_its_id(owner: Any) -> None:
    """Row-level security on a delete can only judge the columns that the replica identity carries."""
    rows = await owner.fetch("select relname, relreplident from pg_class where relnamespace = 'public'::regnamespace")
    identities = {row["relname"]: row["relreplident"] for row in rows}
    assert (identities["jobs"], identities["workspace_assets"], identities["user_library"]) == (DEFAULT, FULL, FULL)


async def test_what_is_published_may_be_read_under_row_level_security(owner: Any) -> None:
    """P6: Realtime asks whether the subscriber may select the row."""
    rows = await owner.fetch(
        """
        select c.relname, c.relrowsecurity, has_table_privilege('anon', c.oid, 'select') as is_open
        from pg_publication_rel p join pg_class c on c.oid = p.prrelid
        """
    )
    assert {(row["relrowsecurity"], row["is_open"]) for row in rows} == {(True, False)}
