"""The official JavaScript client, which asks for base64. One run of the script, one test for each thing it saw."""

import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def runs() -> list[dict[str, Any]]:
    """What the one run saw, once it ran."""
    return []


@pytest.fixture
def seen(runs: list[dict[str, Any]], run_node: Callable[[str], str]) -> dict[str, Any]:
    if not runs:
        runs.append(json.loads(run_node("javascript_client.mjs")))
    return runs[0]


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
    assert seen["wrongType"]["message"].startswith("WRONGTYPE Operation against a key")


def test_an_aborted_transaction_is_raised_and_ran_nothing(seen: dict[str, Any]) -> None:
    assert seen["aborted"]["message"].startswith("EXECABORT Transaction discarded")
    assert seen["never"] == 0


def test_a_wrong_token_is_raised(seen: dict[str, Any]) -> None:
    assert seen["wrongToken"]["message"].startswith("WRONGPASS invalid or missing auth token")
