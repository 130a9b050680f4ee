"""What an action needs, each spelling."""

from typing import Any

import pytest

from tests.fixtures.functions import Doubles

ID = "0b7b9f52-58a6-4ee6-8fd6-6f0d1ae6a0c1"
COLLECTION = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
NEEDS = {
    "save_to_library": "asset_id",
    "clear_asset": "asset_id",
    "clear_job": "job_id",
    "discard_asset": "asset_id",
    "copy_to_workspace": "library_asset_id",
}


async def refused(doubles: Doubles, **body: Any) -> str:
    """The details of a 400."""
    answer = await doubles.http.post("workspace-actions", json=body, headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert doubles.database.calls == []
    details: str = answer.json()["details"]
    return details


async def test_an_action_that_is_none_is_told_those_that_are(doubles: Doubles) -> None:
    details = await refused(doubles, action="delete_everything")
    assert all(action in details for action in [*NEEDS, "clear_workspace", "list"])


@pytest.mark.parametrize("action", NEEDS)
async def test_an_action_without_its_target_is_told_which(doubles: Doubles, action: str) -> None:
    assert f"{action} needs {NEEDS[action]}" in await refused(doubles, action=action)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("assetId", "not an id"),
        ("customTitle", " "),
        ("customTitle", "x" * 201),
        ("tags", ["x"] * 51),
        ("tags", [""]),
        ("tags", "cat"),
        ("cursor", "yesterday"),
        ("limit", 101),
    ],
)
async def test_a_field_outside_its_bounds_is_refused(doubles: Doubles, field: str, value: Any) -> None:
    details = await refused(doubles, **{"action": "save_to_library", "assetId": ID, field: value})
    assert details.startswith((field, {"assetId": "asset_id", "customTitle": "custom_title"}.get(field, field)))


@pytest.mark.parametrize(
    "body",
    [
        {"assetId": ID, "customTitle": " Cat ", "collectionId": COLLECTION, "tags": ["a"]},
        {"asset_id": ID, "custom_title": "Cat", "collection_id": COLLECTION, "tags": ["a"]},
    ],
)
async def test_both_spellings_say_the_same(doubles: Doubles, body: dict[str, Any]) -> None:
    doubles.database.will_answer("plan_saves", {"outcome": "planned", "assets": []})
    saved = {"asset_id": ID, "outcome": "already_saved", "library_asset_id": ID}
    doubles.database.will_answer("finish_saves", {"outcome": "finished", "results": [saved], "objects": {}})
    answer = await doubles.http.post(
        "workspace-actions", json={"action": "save_to_library", **body}, headers=doubles.as_user
    )
    assert answer.status_code == 200, answer.text
    assert doubles.database.calls[1] == (
        "finish_saves",
        {
            "p_user_id": doubles.user_id,
            "p_saves": [{"asset_id": ID}],
            "p_clears": False,
            "p_details": {"title": "Cat", "collection_id": COLLECTION, "tags": ["a"]},
        },
    )


@pytest.mark.parametrize("name", ["libraryAssetId", "library_asset_id"])
async def test_a_library_asset_is_named_in_both_spellings(doubles: Doubles, name: str) -> None:
    doubles.database.will_answer("plan_copy", {"outcome": "exists", "workspace_asset_id": ID})
    answer = await doubles.http.post(
        "workspace-actions", json={"action": "copy_to_workspace", name: COLLECTION}, headers=doubles.as_user
    )
    assert answer.json()["workspaceAssetId"] == ID


async def test_nobody_does_anything(doubles: Doubles) -> None:
    for headers in ({}, doubles.as_service):
        answer = await doubles.http.post("workspace-actions", json={"action": "clear_workspace"}, headers=headers)
        assert answer.status_code == 401
    assert doubles.database.calls == []
