"""Whose token is believed, and what the database is told of it."""

import json
import time
from dataclasses import replace

import asyncpg
import jwt
import pytest

from devstack.keys import Keys
from devstack.postgres import Cluster
from devstack.storage.caller import Caller
from devstack.storage.errors import StorageError
from tests.fixtures.storage_service import Service

KEYS = Keys.generate()


def caller_of(token: str) -> Caller:
    return Caller.from_header(f"Bearer {token}", KEYS)


def test_a_user_s_token_gives_role_and_id() -> None:
    caller = caller_of(KEYS.sign({"role": "authenticated", "sub": "u1", "email": "a@example.com"}))
    assert (caller.role, caller.id, caller.claims["email"]) == ("authenticated", "u1", "a@example.com")


@pytest.mark.parametrize(("key", "role"), [(KEYS.anon_key, "anon"), (KEYS.service_role_key, "service_role")])
def test_the_legacy_keys_are_callers_without_an_id(key: str, role: str) -> None:
    caller = caller_of(key)
    assert (caller.role, caller.id) == (role, None)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        Keys.generate().service_role_key,
        replace(KEYS, signing_key=Keys.generate().signing_key).sign({"role": "service_role"}),
        KEYS.sign({"role": "authenticated", "sub": "u1", "exp": int(time.time()) - 1}),
        jwt.encode({"role": "service_role"}, "", algorithm="none"),
        KEYS.sign({"url": "bucket/a.txt"}),
        KEYS.sign({"role": "supabase_storage_admin"}),
    ],
    ids=["none", "nonsense", "another HS256", "another ES256", "expired", "unsigned", "a signed URL's", "no API role"],
)
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(StorageError) as refusal:
        caller_of(token)
    assert (refusal.value.status, refusal.value.error) == (403, "Unauthorized")


async def test_a_refused_token_is_answered_as_the_real_one_does(service: Service) -> None:
    answer = await service.request("GET", "/bucket", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 400
    assert answer.json() == {"statusCode": "403", "error": "Unauthorized", "message": "Not enough segments"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/bucket"),
        ("POST", "/bucket"),
        ("PUT", "/bucket/b"),
        ("DELETE", "/bucket/b"),
        ("POST", "/bucket/b/empty"),
        ("GET", "/object/b/a"),
        ("POST", "/object/b/a"),
        ("PUT", "/object/b/a"),
        ("DELETE", "/object/b/a"),
        ("DELETE", "/object/b"),
        ("GET", "/object/info/b/a"),
        ("POST", "/object/list/b"),
        ("POST", "/object/list-v2/b"),
        ("POST", "/object/copy"),
        ("POST", "/object/move"),
        ("POST", "/object/sign/b"),
        ("POST", "/object/sign/b/a"),
        ("POST", "/object/upload/sign/b/a"),
    ],
)
async def test_without_a_token_nothing_is_done(service: Service, method: str, path: str) -> None:
    answer = await service.request(method, path)
    assert answer.json()["statusCode"] == "403"


async def test_policies_and_triggers_see_the_caller_s_claims(service: Service, cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute("""
        create table public.seen (role text, sub text, claims text);
        grant insert on public.seen to authenticated;
        create function public.see() returns boolean language sql security invoker as $$
            insert into public.seen values (
                current_user, auth.uid()::text, current_setting('request.jwt.claims')
            ) returning true
        $$;
        create policy "seen" on storage.objects for delete to authenticated
            using (bucket_id like 'seen-%' and public.see());
        create policy "shown" on storage.objects for select to authenticated using (bucket_id like 'seen-%');
    """)
    bucket = await service.new_bucket("seen")
    user = service.new_user(app_metadata={"plan": "pro"})
    await service.admin.from_(bucket).upload("a.txt", b"x")
    await service.as_(user).from_(bucket).remove(["a.txt"])
    (row,) = await connection.fetch("select * from public.seen")
    await connection.execute("drop function public.see() cascade")
    await connection.close()
    assert (row["role"], row["sub"]) == ("authenticated", user.id)
    assert json.loads(row["claims"])["app_metadata"] == {"plan": "pro"}
