"""Workspace and library as one list, over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from functions.edge.database import DatabaseUnavailable
from tests.fixtures.functions import Doubles
from tests.fixtures.users import User
from tests.fixtures.wire import PNG, WEBP, Wire


async def made(wire: Wire, **fields: Any) -> list[str]:
    """The ids of a new job's assets."""
    attempt = await wire.start(**fields)
    await attempt.complete()
    return [str(asset["id"]) for asset in await wire.assets(attempt.job_id)]


async def saved(wire: Wire, asset_id: str) -> str:
    body = {"action": "save_to_library", "assetId": asset_id}
    answer = await wire.edge.http.post("workspace-actions", json=body, headers=wire.user.headers)
    library_id: str = answer.json()["libraryAssetId"]
    return library_id


async def listed(wire: Wire, **query: Any) -> list[str]:
    """The ids that a list shows."""
    answer = await wire.edge.http.get("assets", params=query, headers=wire.user.headers)
    assert answer.status_code == 200, answer.text
    return [asset["id"] for asset in answer.json()["assets"]]


async def objects(wire: Wire, bucket: str) -> int:
    query = "select count(*) from storage.objects where bucket_id = $1 and starts_with(name, $2)"
    count: int = await wire.owner.fetchval(query, bucket, wire.user.id)
    return count


class TestList:
    async def test_both_are_in_it_newest_first_with_urls_signed_now(self, wire: Wire) -> None:
        (asset_id,) = await made(wire)
        library_id = await saved(wire, asset_id)
        (newest,) = await made(wire)
        answer = await wire.edge.http.get("assets", headers=wire.user.headers)
        assets = answer.json()["assets"]
        assert [(asset["id"], asset["source"]) for asset in assets] == [
            (newest, "workspace"),
            (library_id, "library"),
            (asset_id, "workspace"),
        ]
        for asset in assets:
            assert (await wire.web.get(asset["url"])).content == PNG
            assert (await wire.web.get(asset["thumbnail_url"])).content == WEBP

    async def test_each_filter_narrows_it(self, wire: Wire) -> None:
        attempt = await wire.start()
        await attempt.complete()
        (asset,) = await wire.assets(attempt.job_id)
        asset_id, other = str(asset["id"]), (await made(wire))[0]
        library_id = await saved(wire, asset_id)
        collection = await wire.owner.fetchval(
            "insert into user_collections (user_id, name) values ($1, 'cats') returning id::text", UUID(wire.user.id)
        )
        assert await listed(wire, source="workspace") == [other, asset_id]
        assert await listed(wire, source="library") == [library_id]
        assert await listed(wire, job_id=attempt.job_id) == await listed(wire, jobId=attempt.job_id)
        assert await listed(wire, job_id=attempt.job_id) == [library_id, asset_id]
        assert (await listed(wire, type="image"), await listed(wire, asset_type="video")) == (await listed(wire), [])
        assert (await listed(wire, favourite=True), await listed(wire, collection_id=collection)) == ([], [])
        await wire.owner.execute(
            "update user_library set is_favorite = true, collection_id = $1 where id = $2", collection, library_id
        )
        assert await listed(wire, favourite=True) == await listed(wire, collectionId=collection) == [library_id]
        assert await listed(wire, is_favorite=False) == [other, asset_id]

    async def test_it_is_read_in_pages_across_both(self, wire: Wire) -> None:
        ids = await made(wire, num_images=3)
        for asset_id in ids[:2]:
            await saved(wire, asset_id)
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        for _ in range(3):
            page = (await wire.edge.http.get("assets", params=query, headers=wire.user.headers)).json()
            seen += [asset["id"] for asset in page["assets"]]
            query["cursor"] = page["nextCursor"]
        assert (seen, query["cursor"]) == (await listed(wire), None)
        assert len(seen) == 5

    async def test_a_page_that_is_just_full_is_the_last(self, wire: Wire) -> None:
        await made(wire, num_images=3)
        answer = await wire.edge.http.get("assets", params={"limit": 3}, headers=wire.user.headers)
        assert (len(answer.json()["assets"]), answer.json()["nextCursor"]) == (3, None)

    async def test_another_s_are_not_in_it(self, wire: Wire, other_user: User) -> None:
        """P6"""
        await saved(wire, (await made(wire))[0])
        answer = await wire.edge.http.get("assets", headers=other_user.headers)
        assert answer.json() == {"success": True, "assets": [], "nextCursor": None}

    async def test_an_object_that_is_gone_has_no_url(self, wire: Wire) -> None:
        attempt = await wire.start()
        await attempt.complete()
        await wire.edge.clients.storage.remove("workspace-temp", [attempt.upload()["path"]])
        answer = await wire.edge.http.get("assets", headers=wire.user.headers)
        assert answer.json()["assets"][0]["url"] is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda http, asset_id, headers: http.get(f"assets/{asset_id}", headers=headers),
        lambda http, asset_id, headers: http.get("assets", params={"assetId": asset_id}, headers=headers),
        lambda http, asset_id, headers: http.post("assets", json={"asset_id": asset_id}, headers=headers),
        lambda http, asset_id, headers: http.get(f"http://functions.test/api/assets/{asset_id}", headers=headers),
    ],
    ids=["path", "assetId", "POST asset_id", "/api"],
)
class TestOneAsset:
    async def test_it_is_found_in_either(self, wire: Wire, ask: Any) -> None:
        (asset_id,) = await made(wire)
        for one, source in ((asset_id, "workspace"), (await saved(wire, asset_id), "library")):
            answer = await ask(wire.edge.http, one, wire.user.headers)
            asset = answer.json()["asset"]
            assert (asset["id"], asset["source"]) == (one, source)
            assert (await wire.web.get(asset["url"])).content == PNG

    async def test_another_s_is_not_found(self, wire: Wire, other_user: User, ask: Any) -> None:
        """P6"""
        (asset_id,) = await made(wire)
        for one in (asset_id, await saved(wire, asset_id), str(uuid4())):
            answer = await ask(wire.edge.http, one, other_user.headers)
            assert (answer.status_code, answer.json()["error"]) == (404, "No such asset.")


class TestDelete:
    async def delete(self, wire: Wire, asset_id: str, headers: dict[str, str]) -> httpx.Response:
        return await wire.edge.http.delete(f"assets/{asset_id}", headers=headers)

    async def test_row_and_objects_go_and_the_copy_in_the_other_stays(self, wire: Wire) -> None:
        """W7: the thumbnail too."""
        (asset_id,) = await made(wire)
        library_id = await saved(wire, asset_id)
        answer = await self.delete(wire, library_id, wire.user.headers)
        assert answer.json() == {
            "success": True,
            "assetId": library_id,
            "source": "library",
            "message": "The asset is deleted from the library.",
        }
        assert (await listed(wire), await objects(wire, "user-library")) == ([asset_id], 0)
        assert (await self.delete(wire, asset_id, wire.user.headers)).json()["source"] == "workspace"
        assert (await listed(wire), await objects(wire, "workspace-temp")) == ([], 0)

    async def test_two_saves_share_no_object(self, wire: Wire) -> None:
        """W5: deleting one kills no other."""
        first, second = (await made(wire))[0], (await made(wire))[0]
        one, other = await saved(wire, first), await saved(wire, second)
        await self.delete(wire, one, wire.user.headers)
        answer = await wire.edge.http.get(f"assets/{other}", headers=wire.user.headers)
        assert (await wire.web.get(answer.json()["asset"]["url"])).content == PNG

    async def test_a_second_time_it_is_not_found(self, wire: Wire) -> None:
        (asset_id,) = await made(wire)
        await self.delete(wire, asset_id, wire.user.headers)
        assert (await self.delete(wire, asset_id, wire.user.headers)).status_code == 404

    async def test_another_s_is_not_found_and_stays(self, wire: Wire, other_user: User) -> None:
        """P6, S2"""
        (asset_id,) = await made(wire)
        library_id = await saved(wire, asset_id)
        for one in (asset_id, library_id):
            answer = await self.delete(wire, one, other_user.headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert await listed(wire) == [library_id, asset_id]
        assert (await objects(wire, "workspace-temp"), await objects(wire, "user-library")) == (2, 2)


class TestQuery:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("source", "reference_images"),
            ("asset_type", "text"),
            ("cursor", "yesterday"),
            ("limit", 0),
            ("limit", 101),
            ("job_id", "not an id"),
        ],
    )
    async def test_a_field_outside_its_bounds_is_refused(self, doubles: Doubles, name: str, value: Any) -> None:
        for answer in (
            await doubles.http.get("assets", params={name: value}, headers=doubles.as_user),
            await doubles.http.post("assets", json={name: value}, headers=doubles.as_user),
        ):
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
            assert answer.json()["details"].startswith(f"{name}: ")
        assert doubles.database.calls == []

    async def test_what_is_left_out_narrows_nothing(self, doubles: Doubles) -> None:
        doubles.database.will_answer("list_assets", {"outcome": "listed", "assets": []})
        await doubles.http.get("assets", headers=doubles.as_user)
        ((_, arguments),) = doubles.database.calls
        assert {name: value for name, value in arguments.items() if value is not None} == {
            "p_user_id": doubles.user_id,
            "p_limit": 51,
        }


async def test_nobody_sees_or_deletes_anything(doubles: Doubles) -> None:
    for method, path in (("GET", "assets"), ("GET", f"assets/{uuid4()}"), ("DELETE", f"assets/{uuid4()}")):
        assert (await doubles.http.request(method, path)).status_code == 401
    assert doubles.database.calls == []


async def test_while_the_database_is_down_it_says_so(doubles: Doubles) -> None:
    doubles.database.will_answer("list_assets", DatabaseUnavailable())
    answer = await doubles.http.get("assets", headers=doubles.as_user)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
