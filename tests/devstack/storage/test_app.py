"""The app as a whole."""

import asyncio
from pathlib import Path

import asyncpg
import httpx

from devstack.keys import Keys
from devstack.postgres import Cluster
from devstack.storage import create_app
from tests.fixtures.storage_service import Service


async def test_an_unknown_path_is_answered_in_json(service: Service) -> None:
    answer = await service.request("GET", "/render/image/public/b/a.png", service.service_role)
    assert (answer.status_code, answer.json()["statusCode"]) == (404, "404")


async def test_a_method_that_is_not_offered_is_answered_in_json(service: Service) -> None:
    answer = await service.request("PATCH", "/bucket", service.service_role)
    assert (answer.status_code, answer.json()["statusCode"]) == (405, "405")


async def test_a_body_that_is_no_json_is_refused(service: Service) -> None:
    answer = await service.request("POST", "/bucket", service.service_role, content=b"{")
    assert (answer.status_code, answer.json()["statusCode"], answer.json()["error"]) == (400, "400", "Error")


async def test_the_pool_is_closed_with_the_app(cluster: Cluster, tmp_path: Path) -> None:
    url = f"{cluster.url('supabase_storage_admin')}?application_name=short-lived"
    app = create_app(database_url=url, keys=Keys.generate(), folder=tmp_path)
    connection = await asyncpg.connect(cluster.url("supabase_admin"))
    count = "select count(*) from pg_stat_activity where application_name = 'short-lived'"
    async with app.router.lifespan_context(app):
        assert await connection.fetchval(count) == 1
    async with asyncio.timeout(10):
        while await connection.fetchval(count):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await connection.close()


async def test_a_failure_of_the_server_itself_is_a_500_in_json(tmp_path: Path) -> None:
    keys = Keys.generate()
    app = create_app(database_url="postgresql://nowhere", keys=keys, folder=tmp_path)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://storage") as http:
        answer = await http.get("/bucket", headers={"Authorization": f"Bearer {keys.service_role_key}"})
    assert answer.status_code == 500
    assert answer.json() == {"statusCode": "500", "error": "Internal", "message": "Internal Server Error"}


async def test_an_error_of_the_project_s_own_trigger_is_a_500_with_its_message(
    service: Service, cluster: Cluster, bucket: str
) -> None:
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute(f"""
        create function public.object_to() returns trigger language plpgsql as $$
        begin
            if new.bucket_id = '{bucket}' then
                raise exception 'not on Sundays';
            end if;
            return new;
        end $$;
        create trigger object_to before insert on storage.objects for each row execute function public.object_to();
    """)
    answer = await service.request("POST", f"/object/{bucket}/a", service.service_role, content=b"x")
    await connection.execute("drop trigger object_to on storage.objects; drop function public.object_to()")
    await connection.close()
    assert answer.status_code == 500
    assert answer.json() == {"statusCode": "500", "error": "DatabaseError", "message": "not on Sundays"}
