"""Upstash's REST protocol (https://upstash.com/docs/redis/features/restapi)."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from redis.exceptions import RedisError, ResponseError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from devstack.upstash import replies
from devstack.upstash.commands import Command, CommandError, parse_command, parse_commands, parse_path
from devstack.upstash.database import Database


def create_app(*, port: int, users: Mapping[str, str]) -> Starlette:
    """``port`` is Valkey's. ``users`` maps each bearer token to its ACL user, whose password the token is."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.databases = {token: Database(port, user, token) for token, user in users.items()}
        try:
            yield
        finally:
            for database in app.state.databases.values():
                await database.aclose()

    return Starlette(
        routes=[
            Route("/", _command, methods=["POST", "PUT"]),
            Route("/pipeline", _pipeline, methods=["POST", "PUT"]),
            Route("/multi-exec", _transaction, methods=["POST", "PUT"]),
            Route("/{path:path}", _path, methods=["GET", "POST", "PUT"]),
        ],
        exception_handlers={
            CommandError: _bad_request,
            ResponseError: _bad_request,
            RedisError: _unavailable,
            TimeoutError: _unavailable,
            HTTPException: _refused,
        },
        lifespan=lifespan,
    )


async def _command(request: Request) -> JSONResponse:
    database = _database(request)
    return _one(request, await database.run([parse_command(await request.body())]))


async def _path(request: Request) -> JSONResponse:
    database = _database(request)
    # The raw path, because a slash inside an argument comes as %2F.
    path = request.scope["raw_path"][len(request.scope["root_path"]) :]
    command = parse_path(path, request.scope["query_string"], await request.body())
    return _one(request, await database.run([command]))


async def _pipeline(request: Request) -> JSONResponse:
    """Not atomic; a command that cannot be run does not keep the others from running."""
    database = _database(request)
    parsed = parse_commands(await request.body())
    results = iter(await database.run([command for command in parsed if not isinstance(command, CommandError)]))
    return _many(request, [item if isinstance(item, CommandError) else next(results) for item in parsed])


async def _transaction(request: Request) -> JSONResponse:
    """All or nothing."""
    database = _database(request)
    commands: list[Command] = []
    for item in parse_commands(await request.body()):
        if isinstance(item, CommandError):
            raise item
        commands.append(item)
    return _many(request, await database.run_transaction(commands))


def _database(request: Request) -> Database:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = request.query_params.get("_token", "")
    database: Database | None = request.app.state.databases.get(token)
    if database is None:
        raise HTTPException(401, "WRONGPASS invalid or missing auth token")
    return database


def _one(request: Request, results: list[Any]) -> JSONResponse:
    body = replies.to_json(results[0], as_base64=_wants_base64(request))
    return JSONResponse(body, 400 if "error" in body else 200)


def _many(request: Request, results: list[Any]) -> JSONResponse:
    as_base64 = _wants_base64(request)
    return JSONResponse([replies.to_json(result, as_base64=as_base64) for result in results])


def _wants_base64(request: Request) -> bool:
    return request.headers.get("Upstash-Encoding") == "base64"


async def _bad_request(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": replies.error_text(cast(ResponseError | CommandError, error))}, 400)


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": f"ERR the database does not answer: {type(error).__name__}"}, 503)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    refusal = cast(HTTPException, error)
    return JSONResponse({"error": refusal.detail}, refusal.status_code, refusal.headers)
