"""The official Python client, synchronous and asynchronous, plays the main job."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from supabase import AsyncClientOptions, Client, ClientOptions, acreate_client, create_client
from supabase_functions.errors import FunctionsHttpError

from tests.fixtures.live import Live

JOB = {"job_type": "sdxl_image_fast", "prompt": "a red circle on a blue background", "steps": 2, "num_images": 3}


@pytest.fixture
def sign_in(live: Live) -> Iterator[Callable[[str], Client]]:
    """A client of the demo user, made with the given API key."""
    env = live.project.public_env()
    with httpx.Client() as http:

        def sign_in(key: str) -> Client:
            client = create_client(env["SUPABASE_URL"], env[key], ClientOptions(httpx_client=http))
            client.auth.sign_in_with_password({"email": env["DEMO_EMAIL"], "password": env["DEMO_PASSWORD"]})
            return client

        yield sign_in


@pytest.fixture
def client(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("SUPABASE_PUBLISHABLE_KEY")


@pytest.mark.parametrize("key", ["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"])
def test_it_signs_in_submits_and_reads_rows_and_files(live: Live, sign_in: Callable[[str], Client], key: str) -> None:
    client = sign_in(key)
    answer: Any = client.functions.invoke("queue-job", {"body": JOB, "responseType": "json"})
    assert live.finish(answer["jobId"])["status"] == "completed"

    rows: Any = (
        client.table("workspace_assets").select("*").eq("job_id", answer["jobId"]).order("asset_index").execute().data
    )
    assert [row["asset_index"] for row in rows] == [0, 1, 2]
    for row in rows:
        content = client.storage.from_("workspace-temp").download(row["temp_storage_path"])
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == (row["width"], row["height"])


async def test_the_asynchronous_client_does_too(live: Live) -> None:
    env = live.project.public_env()
    async with httpx.AsyncClient() as http:
        options = AsyncClientOptions(httpx_client=http)
        client = await acreate_client(env["SUPABASE_URL"], env["SUPABASE_PUBLISHABLE_KEY"], options)
        await client.auth.sign_in_with_password({"email": env["DEMO_EMAIL"], "password": env["DEMO_PASSWORD"]})
        answer: Any = await client.functions.invoke("queue-job", {"body": JOB, "responseType": "json"})
        live.finish(answer["jobId"])
        rows: Any = (await client.table("workspace_assets").select("id").eq("job_id", answer["jobId"]).execute()).data
        assert len(rows) == 3
        await client.auth.sign_out()


def test_it_reads_the_error_of_a_refused_submission(client: Client) -> None:
    with pytest.raises(FunctionsHttpError, match="num_images"):
        client.functions.invoke("queue-job", {"body": {**JOB, "num_images": 2}})


def test_it_cannot_change_a_job_s_status_by_itself(live: Live, client: Client) -> None:
    job_id = live.submit()
    with pytest.raises(Exception, match="permission denied") as refusal:
        client.table("jobs").update({"status": "cancelled"}).eq("id", job_id).execute()
    assert refusal.value.code == "42501"  # type: ignore[attr-defined]


def test_it_cannot_upload_to_the_workspace(client: Client) -> None:
    user = client.auth.get_user()
    assert user is not None
    path = f"{user.user.id}/mine.png"
    with pytest.raises(Exception, match="row-level security"):
        client.storage.from_("workspace-temp").upload(path, b"not mine", {"content-type": "image/png"})
