"""An image for the admin, in one call; no page of the original used it."""

import httpx

from tests.clients.conftest import Caller, refusal

BODY = {
    "prompt": "a green star on a white background",
    "mode": "admin",
    "metadata": {"seed": 7, "steps": 2},
    "wait_seconds": 60,
}


def test_an_admin_is_shown_the_image(demo_admin_caller: Caller) -> None:
    """S18: the original answered anybody with a placeholder."""
    answer = demo_admin_caller.call(image=("generate-admin-image", {"body": BODY}))["image"]
    assert (answer["success"], answer["status"], answer["image"]["mode"]) == (True, "completed", "admin")
    assert answer["image"]["url"] == answer["image_url"]
    assert httpx.get(answer["image_url"]).headers["content-type"] == "image/png"


def test_a_user_is_refused_and_bad_input_named(demo_caller: Caller, demo_admin_caller: Caller) -> None:
    """S18"""
    call = ("generate-admin-image", {"body": BODY})
    wrong = ("generate-admin-image", {"body": {**BODY, "metadata": {"seed": -1}}})
    assert refusal(demo_caller.call(image=call)["image"]) == (403, "forbidden")
    assert refusal(demo_admin_caller.call(image=wrong)["image"]) == (400, "invalid_request")
