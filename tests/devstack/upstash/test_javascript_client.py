"""The official JavaScript client, which asks for base64. One run of the script, one test for each thing it saw."""

from pathlib import Path
from typing import Any

import pytest
import redis

from tests.fixtures.node import run_script
from tests.fixtures.upstash_bridge import FUNCTIONS_TOKEN, Bridge, empty

SCRIPT = Path(__file__).with_name("javascript_client.mjs")


@pytest.fixture(scope="module")
def seen(shared_bridge: Bridge, database: redis.Redis) -> dict[str, Any]:
    empty(database)
    output: dict[str, Any] = run_script(SCRIPT, shared_bridge.url, FUNCTIONS_TOKEN)
    return output


def test_strings_come_back_as_they_were_set(seen: dict[str, Any]) -> None:
    assert seen["strings"] == ["plain", "ünïcödé 😀", "OK", "test", ""]


def test_objects_come_back_as_they_were_set(seen: dict[str, Any]) -> None:
    assert seen["object"] == {"a": [1, "ü"]}


def test_a_missing_key_is_null(seen: dict[str, Any]) -> None:
    assert seen["missing"] is None


def test_time_to_live(seen: dict[str, Any]) -> None:
    assert 0 < seen["ttl"] <= 100


def test_hashes(seen: dict[str, Any]) -> None:
    assert seen["hash"] == {"a": 1, "b": "ö"}


def test_sorted_sets(seen: dict[str, Any]) -> None:
    assert seen["scores"] == ["a", 1.5, "b", 2]


def test_lists(seen: dict[str, Any]) -> None:
    assert seen["list"] == ["b", "OK", "a"]


def test_taking_from_a_list(seen: dict[str, Any]) -> None:
    assert seen["taken"] == ["list", ["a", "OK"]]


def test_scripts(seen: dict[str, Any]) -> None:
    assert seen["script"] == ["k", "v", 3]


def test_scanning(seen: dict[str, Any]) -> None:
    assert seen["scan"] == ["0", ["object"]]


def test_pipelines(seen: dict[str, Any]) -> None:
    assert seen["pipeline"] == ["OK", 2, 2]


def test_transactions(seen: dict[str, Any]) -> None:
    assert seen["transaction"] == [3, []]


def test_an_error_is_raised_with_its_text(seen: dict[str, Any]) -> None:
    assert seen["wrongType"]["name"] == "UpstashError"
    assert seen["wrongType"]["message"].endswith("WRONGTYPE Operation against a key holding the wrong kind of value")


def test_an_aborted_transaction_is_raised_and_ran_nothing(seen: dict[str, Any]) -> None:
    assert seen["aborted"]["message"].startswith("EXECABORT Transaction discarded")
    assert seen["never"] == 0


def test_a_wrong_token_is_raised(seen: dict[str, Any]) -> None:
    assert seen["wrongToken"]["message"].startswith("WRONGPASS invalid or missing auth token")
