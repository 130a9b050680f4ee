"""The storage seam over the stack's Storage, and over servers that are not well."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from devstack.project import Project
from functions.edge.settings import load_settings
from functions.edge.storage import Storage, StorageUnavailable, SupabaseStorage
from functions.edge.transport import AiohttpTransport
from shared.errors import ErrorCode
from shared.paths import LIBRARY_BUCKET, REFERENCE_BUCKET, WORKSPACE_BUCKET
from tests.fixtures.functions import project_environment
from tests.fixtures.serving import served

PNG = {"content-type": "image/png"}


@pytest.fixture(scope="module", params=["SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"])
async def storage(request: pytest.FixtureRequest, project: Project) -> AsyncIterator[SupabaseStorage]:
    """With each family of keys alone."""
    both = {"SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"}
    variables = project_environment(project, "postgres")
    settings = load_settings(variables | dict.fromkeys(both - {request.param}, ""))
    storage = SupabaseStorage(settings.supabase_url, settings.service_headers, AiohttpTransport())
    yield storage
    await storage.aclose()


@pytest.fixture
def folder() -> str:
    return f"{uuid.uuid4()}/{uuid.uuid4()}"


async def put(storage: Storage, web: httpx.AsyncClient, path: str, content: bytes = b"a picture") -> httpx.Response:
    urls = await storage.sign_uploads(WORKSPACE_BUCKET, [path])
    return await web.put(urls[path], content=content, headers=PNG)


async def test_an_upload_url_takes_the_bytes_of_its_object(
    storage: Storage, web: httpx.AsyncClient, folder: str
) -> None:
    path = f"{folder}/1-0.png"
    assert (await put(storage, web, path)).status_code == 200
    (url,) = (await storage.sign_downloads(WORKSPACE_BUCKET, [path], 60)).values()
    answer = await web.get(url)
    assert (answer.content, answer.headers["content-type"]) == (b"a picture", "image/png")


async def test_several_uploads_are_signed_by_path(storage: Storage, folder: str) -> None:
    paths = [f"{folder}/1-{index}.png" for index in range(6)]
    urls = await storage.sign_uploads(WORKSPACE_BUCKET, paths)
    assert list(urls) == paths
    assert all(path in url for path, url in urls.items())
    assert len(set(urls.values())) == 6


async def test_an_upload_url_does_not_replace_an_object(storage: Storage, web: httpx.AsyncClient, folder: str) -> None:
    path = f"{folder}/1-0.png"
    urls = await storage.sign_uploads(WORKSPACE_BUCKET, [path])
    assert (await web.put(urls[path], content=b"first", headers=PNG)).status_code == 200
    second = await web.put(urls[path], content=b"second", headers={**PNG, "x-upsert": "true"})
    assert second.status_code == 400
    assert second.json()["statusCode"] == "409"


async def test_an_upload_url_serves_no_other_object(storage: Storage, web: httpx.AsyncClient, folder: str) -> None:
    path = f"{folder}/1-0.png"
    urls = await storage.sign_uploads(WORKSPACE_BUCKET, [path])
    other = urls[path].replace("1-0.png", "1-1.png")
    assert (await web.put(other, content=b"elsewhere", headers=PNG)).status_code == 400


async def test_objects_that_are_not_there_get_no_download_url(
    storage: Storage, web: httpx.AsyncClient, folder: str
) -> None:
    there, missing = f"{folder}/1-0.png", f"{folder}/1-1.png"
    await put(storage, web, there)
    assert list(await storage.sign_downloads(WORKSPACE_BUCKET, [missing, there], 60)) == [there]


async def test_removed_objects_are_gone_and_removing_again_is_no_error(
    storage: Storage, web: httpx.AsyncClient, folder: str
) -> None:
    kept, removed = f"{folder}/1-0.png", f"{folder}/1-1.png"
    for path in (kept, removed):
        await put(storage, web, path)
    await storage.remove(WORKSPACE_BUCKET, [removed])
    await storage.remove(WORKSPACE_BUCKET, [removed, f"{folder}/never.png"])
    assert list(await storage.sign_downloads(WORKSPACE_BUCKET, [kept, removed], 60)) == [kept]


async def test_a_copy_lies_in_the_other_bucket_beside_its_source(
    storage: Storage, web: httpx.AsyncClient, folder: str
) -> None:
    source, target = f"{folder}/1-0.png", f"{folder}/copy.png"
    await put(storage, web, source)
    assert await storage.copy(WORKSPACE_BUCKET, source, LIBRARY_BUCKET, target) is True
    for bucket, path in ((WORKSPACE_BUCKET, source), (LIBRARY_BUCKET, target)):
        (url,) = (await storage.sign_downloads(bucket, [path], 60)).values()
        answer = await web.get(url)
        assert (answer.content, answer.headers["content-type"]) == (b"a picture", "image/png")


async def test_what_is_not_there_is_not_copied(storage: Storage, folder: str) -> None:
    target = f"{folder}/copy.png"
    assert await storage.copy(WORKSPACE_BUCKET, f"{folder}/never.png", LIBRARY_BUCKET, target) is False
    assert await storage.sign_downloads(LIBRARY_BUCKET, [target], 60) == {}


async def test_a_copy_replaces_no_object(storage: Storage, web: httpx.AsyncClient, folder: str) -> None:
    first, second, target = (f"{folder}/{name}.png" for name in ("1-0", "1-1", "copy"))
    await put(storage, web, first, b"first")
    await put(storage, web, second, b"second")
    await storage.copy(WORKSPACE_BUCKET, first, LIBRARY_BUCKET, target)
    with pytest.raises(StorageUnavailable):
        await storage.copy(WORKSPACE_BUCKET, second, LIBRARY_BUCKET, target)
    (url,) = (await storage.sign_downloads(LIBRARY_BUCKET, [target], 60)).values()
    assert (await web.get(url)).content == b"first"


async def test_a_path_with_special_characters_is_signed_as_it_is(
    storage: Storage, web: httpx.AsyncClient, folder: str
) -> None:
    path = f"{folder}/a picture & more (1).png"
    assert (await put(storage, web, path)).status_code == 200
    (url,) = (await storage.sign_downloads(WORKSPACE_BUCKET, [path], 60)).values()
    assert (await web.get(url)).content == b"a picture"


async def test_an_upload_is_there_with_its_type_and_the_next_one_replaces_it(
    storage: Storage, web: httpx.AsyncClient, folder: str
) -> None:
    path = f"{folder}.webp"
    for data in (b"first", b"second"):
        await storage.upload(REFERENCE_BUCKET, path, data, "image/webp")
    (url,) = (await storage.sign_downloads(REFERENCE_BUCKET, [path], 60)).values()
    answer = await web.get(url)
    assert (answer.content, answer.headers["content-type"]) == (b"second", "image/webp")


def each_call(storage: Storage) -> list[Callable[[], Awaitable[Any]]]:
    return [
        lambda: storage.sign_uploads(WORKSPACE_BUCKET, ["a.png", "b.png"]),
        lambda: storage.sign_downloads(WORKSPACE_BUCKET, ["a.png"], 60),
        lambda: storage.copy(WORKSPACE_BUCKET, "a.png", LIBRARY_BUCKET, "b.png"),
        lambda: storage.upload(REFERENCE_BUCKET, "a.png", b"a picture", "image/png"),
        lambda: storage.remove(WORKSPACE_BUCKET, ["a.png"]),
    ]


async def test_no_paths_ask_nobody() -> None:
    storage = SupabaseStorage("http://127.0.0.1:1", {}, AiohttpTransport())
    assert await storage.sign_uploads(WORKSPACE_BUCKET, []) == {}
    assert await storage.sign_downloads(WORKSPACE_BUCKET, [], 60) == {}
    await storage.remove(WORKSPACE_BUCKET, [])
    await storage.aclose()


async def assert_unavailable(project_url: str, headers: dict[str, str]) -> None:
    storage = SupabaseStorage(project_url, headers, AiohttpTransport())
    for call in each_call(storage):
        with pytest.raises(StorageUnavailable) as caught:
            await call()
        assert caught.value.code is ErrorCode.STORAGE_UNAVAILABLE
    await storage.aclose()


async def test_a_server_that_is_gone_is_unavailable() -> None:
    await assert_unavailable("http://127.0.0.1:1", {})


async def test_a_server_that_knows_another_key_is_unavailable(project: Project) -> None:
    await assert_unavailable(project.url, {"apikey": "sb_secret_wrong"})


async def page(request: Request) -> Response:
    return HTMLResponse("<html>a proxy's page</html>", int(request.path_params["status"]))


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    methods = ["GET", "POST", "PUT", "DELETE"]
    with served(Starlette(routes=[Route("/{status}/{path:path}", page, methods=methods)])) as url:
        yield url


@pytest.mark.parametrize("status", [200, 401, 429, 500, 502, 503, 504])
async def test_a_proxy_s_page_instead_of_an_answer_is_unavailable(proxy: str, status: int) -> None:
    await assert_unavailable(f"{proxy}/{status}", {})
