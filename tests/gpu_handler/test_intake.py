import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_handler.intake import Malformed, Ticket, read_element
from tests.fixtures.orders import PROMPT, job_order, queue_element

URL = "https://functions.test/functions/v1/job-callback"
ORDER = job_order(id="00000000-0000-4000-8000-000000000001")


def element(**changes: Any) -> str:
    return json.dumps(queue_element(ORDER, URL).model_dump(mode="json") | changes)


def callback(**changes: Any) -> dict[str, Any]:
    return {"url": URL, "token": "queue-token-secret"} | changes


def test_an_element_is_a_ticket_for_one_claim() -> None:
    assert read_element(element(callback=callback()), URL) == Ticket(ORDER.id, "queue-token-secret")


def test_unknown_keys_are_ignored() -> None:
    assert read_element(element(priority=9), URL).job_id == ORDER.id


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        (PROMPT, "it is not JSON"),
        ("null", "its shape is wrong"),
        ("[]", "its shape is wrong"),
        ('"text"', "its shape is wrong"),
        ("{}", "its id is wrong"),
        (element(id=7), "its id is wrong"),
        (element(config="fast"), "its config is wrong"),
        (element(callback=URL), "its callback is wrong"),
        (element(callback={"url": URL}), "its callback.token is wrong"),
        (element(id="not a uuid"), "its id is no uuid"),
        (element(type="oil_painting"), f"job {ORDER.id} has an unknown type"),
        (element(callback=None), f"job {ORDER.id} names no callback"),
        (element(callback=callback(token="")), f"job {ORDER.id} has no usable token"),
        (element(callback=callback(token="a\r\nhost: evil")), f"job {ORDER.id} has no usable token"),
        (element(callback=callback(token="tökén")), f"job {ORDER.id} has no usable token"),
    ],
)
def test_a_malformed_element_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Malformed) as raised:
        read_element(text, URL)
    assert str(raised.value) == reason


@pytest.mark.parametrize(
    "url",
    [
        "http://functions.test/functions/v1/job-callback",
        "https://functions.test:8443/functions/v1/job-callback",
        "https://evil.test/functions/v1/job-callback",
        "https://functions.test.evil.test/functions/v1/job-callback",
        "https://functions.test@evil.test/functions/v1/job-callback",
        "//functions.test/functions/v1/job-callback",
        "job-callback",
        "https://functions.test:port/",
        "",
    ],
)
def test_a_callback_on_another_origin_is_refused(url: str) -> None:
    with pytest.raises(Malformed, match="another host"):
        read_element(element(callback=callback(url=url)), URL)


@pytest.mark.parametrize(
    "url", ["https://functions.test:443/functions/v1/job-callback", "https://FUNCTIONS.test/elsewhere"]
)
def test_the_same_origin_may_be_spelled_differently(url: str) -> None:
    assert read_element(element(callback=callback(url=url)), URL).job_id == ORDER.id


@pytest.mark.parametrize("change", [{"type": "oil_painting"}, {"callback": None}, {"id": 7}, {"config": 1}])
def test_no_reason_quotes_the_prompt_or_the_token(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as raised:
        read_element(element(**{"callback": callback()} | change), URL)
    assert PROMPT not in str(raised.value)
    assert "queue-token-secret" not in str(raised.value)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_text_whatever_ends_in_another_exception(text: str) -> None:
    with pytest.raises(Malformed):
        read_element(text, URL)


@given(
    st.fixed_dictionaries(
        {"id": st.text() | st.just(ORDER.id), "type": st.text() | st.just(ORDER.type)},
        optional={"prompt": st.text(), "callback": st.fixed_dictionaries({"url": st.text(), "token": st.text()})},
    )
)
def test_no_element_whatever_gets_past_the_origin(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_element(json.dumps(fields), URL)
