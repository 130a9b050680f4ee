"""Which implementation serves: asyncpg where ``SUPABASE_DB_URL`` is set, else PostgREST."""

import httpx

from functions.edge.database.protocol import Database
from functions.edge.settings import Settings


async def open_database(settings: Settings, transport: httpx.AsyncBaseTransport) -> Database:
    """``transport`` is for requests to PostgREST."""
    # Imported here: each costs a cold start 100 to 200 ms, and one of them is never needed.
    if settings.database_url is not None:
        from functions.edge.database.postgres import PostgresDatabase

        return PostgresDatabase(settings.database_url)
    from functions.edge.database.postgrest import PostgrestDatabase

    return PostgrestDatabase(f"{settings.supabase_url}/rest/v1", settings.service_headers, transport)
