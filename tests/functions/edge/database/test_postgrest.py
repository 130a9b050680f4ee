"""What only a server in between can get wrong: a proxy's page instead of PostgREST's answer."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from functions.edge.database import DatabaseError, DatabaseUnavailable
from functions.edge.database.postgrest import PostgrestDatabase
from functions.edge.transport import AiohttpTransport
from tests.fixtures.serving import served


async def page(request: Request) -> Response:
    return HTMLResponse("<html>a proxy's page</html>", int(request.path_params["status"]))


async def error(request: Request) -> Response:
    return JSONResponse({"code": request.path_params["code"], "message": "no", "details": None, "hint": None}, 503)


async def proxy_error(_: Request) -> Response:
    return JSONResponse({"message": "no server is up"}, 503)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    pages = Route("/page/{status}/rpc/health", page, methods=["POST"])
    errors = Route("/error/{code}/rpc/health", error, methods=["POST"])
    proxy = Route("/proxy/rpc/health", proxy_error, methods=["POST"])
    with served(Starlette(routes=[pages, errors, proxy])) as url:
        yield url


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_without_its_server_is_unavailable(server: str, status: int) -> None:
    database = PostgrestDatabase(f"{server}/page/{status}", {}, AiohttpTransport())
    with pytest.raises(DatabaseUnavailable):
        await database.call("health")
    await database.aclose()


async def test_a_gateway_that_says_so_in_json_is_unavailable(server: str) -> None:
    database = PostgrestDatabase(f"{server}/proxy", {}, AiohttpTransport())
    with pytest.raises(DatabaseUnavailable):
        await database.call("health")
    await database.aclose()


@pytest.mark.parametrize("code", ["PGRST000", "PGRST001", "PGRST002", "PGRST003"])
async def test_postgrest_without_its_database_is_unavailable(server: str, code: str) -> None:
    database = PostgrestDatabase(f"{server}/error/{code}", {}, AiohttpTransport())
    with pytest.raises(DatabaseUnavailable):
        await database.call("health")
    await database.aclose()


@pytest.mark.parametrize("code", ["PGRST202", "PGRST301", "42501"])
async def test_any_other_error_of_postgrest_is_a_defect(server: str, code: str) -> None:
    database = PostgrestDatabase(f"{server}/error/{code}", {}, AiohttpTransport())
    with pytest.raises(DatabaseError) as caught:
        await database.call("health")
    assert caught.value.sqlstate == code
    await database.aclose()
