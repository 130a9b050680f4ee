"""What every ``Database`` promises, asked of each implementation over the stack."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from devstack.project import Project
from functions.edge.database import Database, DatabaseError, DatabaseUnavailable, open_database
from functions.edge.settings import load_settings
from functions.edge.transport import AiohttpTransport
from shared.errors import ErrorCode
from tests.fixtures.functions import environment, project_environment

PROMPT = "a secret prompt of a failing row"

ECHO = """
create function public.contract_echo(
    p_id uuid default null, p_at timestamptz default null, p_text text default null, p_json jsonb default null,
    p_number numeric default null, p_fraction real default null, p_flag boolean default null
) returns jsonb language sql as $$
    select jsonb_build_object(
        'id', p_id, 'at', p_at, 'text', p_text, 'json', p_json, 'number', p_number, 'fraction', p_fraction,
        'flag', p_flag, 'json_is_null', p_json is null
    )
$$"""
RAISE = """
create function public.contract_raise(p_code text, p_row text) returns jsonb language plpgsql as $$
begin
    raise exception 'it was refused' using errcode = p_code, detail = 'Failing row contains (' || p_row || ')';
end
$$"""

IMPLEMENTATIONS = {
    "postgres": {},
    "postgrest, sb_ key": {"SUPABASE_DB_URL": "", "SUPABASE_SERVICE_ROLE_KEY": ""},
    "postgrest, legacy key": {"SUPABASE_DB_URL": "", "SUPABASE_SECRET_KEY": ""},
}


@pytest.fixture(scope="module")
async def sql_functions(owner: Any) -> AsyncIterator[None]:
    await owner.execute(f"{ECHO}; {RAISE};")
    await owner.execute(
        "grant execute on function contract_echo(uuid, timestamptz, text, jsonb, numeric, real, boolean),"
        " contract_raise(text, text) to service_role; notify pgrst, 'reload schema'"
    )
    yield
    await owner.execute("drop function contract_echo, contract_raise; notify pgrst, 'reload schema'")


@pytest.fixture(scope="module", params=IMPLEMENTATIONS)
async def database(
    request: pytest.FixtureRequest,
    project: Project,
    sql_functions: None,  # noqa: ARG001
) -> AsyncIterator[Database]:
    variables = project_environment(project, "postgres") | IMPLEMENTATIONS[request.param]
    database = await open_database(load_settings(variables), AiohttpTransport())
    while not await _knows_the_functions(database):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    yield database
    await database.aclose()


async def _knows_the_functions(database: Database) -> bool:
    """PostgREST reads the schema anew a moment after it was told to."""
    try:
        await database.call("contract_echo")
    except DatabaseError:
        return False
    return True


async def test_it_answers_the_function_s_json_object(database: Database) -> None:
    assert (await database.call("health"))["outcome"] == "healthy"


async def test_a_uuid_goes_in_as_itself(database: Database) -> None:
    value = uuid4()
    assert (await database.call("contract_echo", p_id=value))["id"] == str(value)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 21, 12, 30, 0, 123456, UTC),
        datetime(2026, 11, 21, 12, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
async def test_a_time_goes_in_to_the_microsecond_whatever_its_offset(database: Database, value: datetime) -> None:
    answer = await database.call("contract_echo", p_at=value)
    assert datetime.fromisoformat(answer["at"]) == value


@pytest.mark.parametrize("name", ["p_id", "p_at", "p_text", "p_json", "p_number", "p_flag"])
async def test_none_goes_in_as_null(database: Database, name: str) -> None:
    answer = await database.call("contract_echo", **{name: None})
    assert answer[name.removeprefix("p_")] is None
    assert answer["json_is_null"] is True


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"a": [1, 2.5, True, None, {"b": ["c"]}], "": {}},
        [{"index": 0, "path": "u/j/1-0.png", "metadata": {"seed": 2**31 - 1}}],
        {"text": 'quotes " and \\ and \n', "naïve": "日本語 🎨"},
        {"large": 2**53 + 1, "small": -0.000001},
    ],
)
async def test_nested_json_goes_in_and_comes_out_the_same(database: Database, value: Any) -> None:
    assert (await database.call("contract_echo", p_json=value))["json"] == value


@pytest.mark.parametrize(
    "value", ["", "naïve café", "日本語 🎨", 'it\'s "quoted"; drop table jobs; --', "a\nb\tc", "$1"]
)
async def test_text_goes_in_as_it_is(database: Database, value: str) -> None:
    assert (await database.call("contract_echo", p_text=value))["text"] == value


async def test_a_code_of_the_contract_goes_in_as_its_text(database: Database) -> None:
    answer = await database.call("contract_echo", p_text=ErrorCode.OUT_OF_MEMORY, p_json={"code": ErrorCode.NETWORK})
    assert (answer["text"], answer["json"]) == ("out_of_memory", {"code": "network"})


async def test_numbers_and_flags_go_in_as_themselves(database: Database) -> None:
    answer = await database.call("contract_echo", p_number=12, p_fraction=0.25, p_flag=False)
    assert (answer["number"], answer["fraction"], answer["flag"]) == (12, 0.25, False)


async def test_many_calls_at_once_each_get_their_own_answer(database: Database) -> None:
    answers = await asyncio.gather(*(database.call("contract_echo", p_number=number) for number in range(30)))
    assert [answer["number"] for answer in answers] == list(range(30))


async def test_an_unknown_function_is_a_defect(database: Database) -> None:
    with pytest.raises(DatabaseError, match="no_such_function") as caught:
        await database.call("no_such_function", p_text="x")
    assert caught.value.sqlstate in ("42883", "PGRST202")


async def test_an_argument_of_the_wrong_name_is_a_defect(database: Database) -> None:
    with pytest.raises(DatabaseError):
        await database.call("contract_echo", p_wrong="x")


@pytest.mark.parametrize("code", ["P0001", "23514", "22023", "42501"])
async def test_a_function_that_refuses_is_told_by_its_code(database: Database, code: str) -> None:
    with pytest.raises(DatabaseError, match="it was refused") as caught:
        await database.call("contract_raise", p_code=code, p_row="")
    assert caught.value.sqlstate == code


async def test_the_failing_row_reaches_no_message_and_no_traceback(database: Database) -> None:
    """P8: a crash is logged with its traceback, and a row holds a prompt."""
    with pytest.raises(DatabaseError) as caught:
        await database.call("contract_raise", p_code="23514", p_row=PROMPT)
    assert PROMPT not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("code", ["57014", "53300", "53200", "08006"])
async def test_a_cancelled_statement_or_a_server_in_need_is_unavailable(database: Database, code: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        await database.call("contract_raise", p_code=code, p_row=PROMPT)
    assert caught.value.code is ErrorCode.DATABASE_UNAVAILABLE
    assert PROMPT not in str(caught.value)


async def test_it_serves_again_after_a_failed_call(database: Database) -> None:
    for code in ("P0001", "57014"):
        with pytest.raises((DatabaseError, DatabaseUnavailable)):
            await database.call("contract_raise", p_code=code, p_row="")
        assert (await database.call("health"))["outcome"] == "healthy"


@pytest.mark.parametrize("url", ["", "postgresql://postgres@127.0.0.1:1/postgres"], ids=["postgrest", "postgres"])
async def test_a_server_that_is_gone_is_unavailable(url: str) -> None:
    settings = load_settings(environment(SUPABASE_URL="http://127.0.0.1:1", SUPABASE_DB_URL=url))
    database = await open_database(settings, AiohttpTransport())
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            await database.call("health")
    await database.aclose()


@pytest.mark.parametrize("url", ["", "postgresql://postgres@127.0.0.1:1/postgres"], ids=["postgrest", "postgres"])
async def test_one_that_was_never_used_can_be_closed(url: str) -> None:
    database = await open_database(load_settings(environment(SUPABASE_DB_URL=url)), AiohttpTransport())
    await database.aclose()
