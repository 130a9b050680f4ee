"""Commands out of JSON, paths and queries."""

import pytest

from devstack.upstash.commands import CommandError, parse_command, parse_commands, parse_path


def test_a_json_array_is_a_command() -> None:
    assert parse_command(b'["SET", "key", "value"]') == [b"SET", b"key", b"value"]


def test_numbers_stay_as_they_were_written() -> None:
    assert parse_command(b'["SET", 1e21, 9223372036854775808, 1.50]') == [
        b"SET",
        b"1e21",
        b"9223372036854775808",
        b"1.50",
    ]


def test_booleans_are_words() -> None:
    assert parse_command(b'["SET", true, false]') == [b"SET", b"true", b"false"]


def test_text_becomes_utf_8() -> None:
    assert parse_command('["SET", "ключ", "\\ud83d\\ude00"]'.encode()) == [b"SET", "ключ".encode(), "😀".encode()]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"SET key value",
        b'{"command": "SET"}',
        b'"SET"',
        b'["SET", null]',
        b'["SET", ["x"]]',
        b'["SET", NaN]',
        b"[" * 100_000,
    ],
)
def test_anything_else_is_no_command(body: bytes) -> None:
    with pytest.raises(CommandError, match=r"^ERR failed to parse command$"):
        parse_command(body)


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(CommandError, match=r"^ERR failed to parse command$"):
        parse_command(b'["SET", "\\ud83d"]')


def test_an_empty_array_is_an_empty_command() -> None:
    with pytest.raises(CommandError, match=r"^ERR empty command$"):
        parse_command(b"[]")


def test_a_pipeline_keeps_what_is_wrong_with_one_command_in_its_place() -> None:
    first, second, third = parse_commands(b'[["GET", "a"], [], ["GET", "b"]]')
    assert first == [b"GET", b"a"]
    assert str(second) == "ERR empty pipeline command"
    assert third == [b"GET", b"b"]


def test_an_empty_pipeline_is_refused() -> None:
    with pytest.raises(CommandError, match=r"^ERR empty pipeline request$"):
        parse_commands(b"[]")


@pytest.mark.parametrize("body", [b"", b'{"GET": "a"}', b"1"])
def test_a_pipeline_is_an_array(body: bytes) -> None:
    with pytest.raises(CommandError, match=r"^ERR failed to parse pipeline request$"):
        parse_commands(body)


def test_a_path_is_a_command() -> None:
    assert parse_path(b"/set/key/value", b"", b"") == [b"set", b"key", b"value"]


def test_arguments_in_a_path_may_hold_slashes_and_spaces() -> None:
    assert parse_path(b"/get/a%2Fb%20c%FF", b"", b"") == [b"get", b"a/b c\xff"]


def test_the_body_comes_before_the_query() -> None:
    assert parse_path(b"/set/key", b"EX=100&NX", b"\x00body") == [b"set", b"key", b"\x00body", b"EX", b"100", b"NX"]


def test_the_token_in_the_query_is_no_argument() -> None:
    assert parse_path(b"/get/key", b"_token=secret", b"") == [b"get", b"key"]


@pytest.mark.parametrize(
    "name",
    [
        "SUBSCRIBE",
        "monitor",
        "BLPOP",
        "BRPOP",
        "BLMPOP",
        "BZPOPMIN",
        "WAIT",
        "AUTH",
        "HELLO",
        "SELECT",
        "MULTI",
        "EXEC",
        "WATCH",
        "CLIENT",
    ],
)
def test_commands_that_need_a_connection_of_their_own_are_refused(name: str) -> None:
    with pytest.raises(CommandError) as refusal:
        parse_path(f"/{name}/x".encode(), b"", b"")
    assert str(refusal.value) == f'ERR Command "{name.upper()}" is not allowed in REST or it has a special context path'


def test_reading_a_stream_is_refused_only_when_it_would_block() -> None:
    assert parse_command(b'["XREAD", "STREAMS", "s", "0"]')[0] == b"XREAD"
    with pytest.raises(CommandError, match='"XREAD" is not allowed in REST'):
        parse_command(b'["XREAD", "block", "0", "STREAMS", "s", "$"]')


@pytest.mark.parametrize("name", ["SUBSCRIBE x", "SUBSCRIBE\\tx", " SUBSCRIBE", ""])
def test_a_name_is_one_word(name: str) -> None:
    with pytest.raises(CommandError, match=r"^ERR Command is not available"):
        parse_command(f'["{name}"]'.encode())
