"""An admin's image, over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.edge.database import DatabaseUnavailable
from functions.generate_admin_image import waiting
from tests.fixtures.functions import Doubles, Edge, bearer
from tests.fixtures.rows import handout, job_row, submitted
from tests.fixtures.users import User
from tests.fixtures.wire import Wire

ASSET = {
    "id": str(uuid4()),
    "temp_storage_path": "u/j/1-0.png",
    "thumbnail_path": "u/j/1-0.thumb.webp",
    "created_at": "2026-11-21T12:00:20+00:00",
}


def found(row: dict[str, Any], *assets: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What ``get_job`` answers."""
    times = {"position": None, "eta_p50_seconds": None, "eta_p90_seconds": None}
    return {"outcome": "found", "job": {**row, **changes}, "assets": list(assets), **times}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two looks."""
    monkeypatch.setattr(waiting, "FIRST_PAUSE_SECONDS", 0)


@pytest.fixture
def admin(doubles: Doubles) -> Doubles:
    doubles.database.will_answer("check_admin", {"outcome": "admin"})
    return doubles


async def generate(doubles: Doubles, *looks: dict[str, Any] | Exception, **body: Any) -> httpx.Response:
    """Submit; ``looks`` are the answers of ``get_job``, about the job of the first."""
    rows = [look["job"] for look in looks if isinstance(look, dict) and "job" in look]
    doubles.database.will_answer("submit_job", submitted(rows[0] | {"status": "queued"} if rows else job_row()))
    doubles.database.will_answer("get_job", *looks)
    request = {"prompt": "a red cat", **body}
    return await doubles.http.post("generate-admin-image", json=request, headers=doubles.as_user)


def call(doubles: Doubles, function: str) -> dict[str, Any]:
    (arguments,) = [arguments for name, arguments in doubles.database.calls if name == function]
    return arguments


class TestSubmission:
    async def test_it_is_free_and_goes_before_everybody_else_s(self, admin: Doubles) -> None:
        await generate(admin, found(job_row()), wait_seconds=0)
        told = call(admin, "submit_job")
        assert (told["p_user_id"], told["p_credits"], told["p_job"]["priority"]) == (admin.user_id, 0, 100)

    @pytest.mark.parametrize(
        ("fields", "job_type"),
        [
            ({}, "sdxl_image_fast"),
            ({"quality": "high"}, "sdxl_image_high"),
            ({"model_type": "sdxl", "quality": "fast"}, "sdxl_image_fast"),
        ],
    )
    async def test_model_and_quality_make_the_job_s_type(
        self, admin: Doubles, fields: dict[str, str], job_type: str
    ) -> None:
        await generate(admin, found(job_row()), wait_seconds=0, **fields)
        assert call(admin, "submit_job")["p_job"]["job_type"] == job_type

    async def test_the_metadata_is_read_as_queue_job_reads_it(self, admin: Doubles) -> None:
        metadata = {"seed": 7, "negative_prompt": "a dog", "mine": 1}
        await generate(admin, found(job_row()), wait_seconds=0, mode="poster", metadata=metadata)
        row = call(admin, "submit_job")["p_job"]
        assert row["config"]["seed"] == 7
        assert (row["metadata"]["negative_prompt"], row["metadata"]["mine"], row["metadata"]["mode"]) == (
            "a dog",
            1,
            "poster",
        )

    async def test_what_was_handed_out_is_pushed(self, admin: Doubles) -> None:
        row = job_row()
        admin.database.will_answer("submit_job", submitted(row, handouts=[handout(row)]))
        admin.database.will_answer("get_job", found(row))
        body = {"prompt": "a red cat", "wait_seconds": 0}
        await admin.http.post("generate-admin-image", json=body, headers=admin.as_user)
        assert row["id"] in admin.queue.lists["sdxl_queue"][0]

    async def test_a_repeated_request_is_told_by_its_key(self, admin: Doubles) -> None:
        admin.database.will_answer("submit_job", submitted(outcome="replayed", handouts=[]))
        admin.database.will_answer("get_job", found(job_row()))
        await admin.http.post(
            "generate-admin-image",
            json={"prompt": "a red cat", "wait_seconds": 0},
            headers={**admin.as_user, "Idempotency-Key": "k"},
        )
        assert call(admin, "submit_job")["p_idempotency_key"] == "k"


class TestRefusals:
    @pytest.mark.parametrize(
        ("fields", "status", "named"),
        [
            ({"prompt": " "}, 400, "1 to 1000 characters"),
            ({"prompt": "x" * 1001}, 400, "prompt"),
            ({"model_type": "flux"}, 400, "'sdxl' or 'wan'"),
            ({"quality": "best"}, 400, "'fast' or 'high'"),
            ({"wait_seconds": 61}, 400, "wait_seconds"),
            ({"wait_seconds": -1}, 400, "wait_seconds"),
            ({"metadata": {"num_images": 2}}, 400, "num_images"),
        ],
    )
    async def test_bad_input_is_told_with_what_would_be_valid(
        self, admin: Doubles, fields: Any, status: int, named: str
    ) -> None:
        answer = await admin.http.post(
            "generate-admin-image", json={"prompt": "a red cat", **fields}, headers=admin.as_user
        )
        assert (answer.status_code, answer.json()["success"]) == (status, False)
        assert named in answer.json()["error"]

    @pytest.mark.parametrize("place", ["prompt", "metadata"])
    async def test_the_content_policy_is_an_admin_s_too(self, admin: Doubles, place: str) -> None:
        refused = "a naked child"
        body = {"prompt": refused} if place == "prompt" else {"prompt": "a", "metadata": {"enhanced_prompt": refused}}
        answer = await admin.http.post("generate-admin-image", json=body, headers=admin.as_user)
        assert (answer.status_code, answer.json()["code"]) == (422, "content_policy")

    async def test_what_sql_refuses_is_told_as_queue_job_tells_it(self, admin: Doubles) -> None:
        admin.database.will_answer("submit_job", {"outcome": "queue_full", "limit": 1000})
        answer = await admin.http.post("generate-admin-image", json={"prompt": "a red cat"}, headers=admin.as_user)
        assert (answer.status_code, answer.json()["code"]) == (503, "queue_full")

    async def test_a_user_who_is_no_admin_makes_nothing(self, doubles: Doubles) -> None:
        """S18"""
        doubles.database.will_answer("check_admin", {"outcome": "forbidden"})
        answer = await doubles.http.post("generate-admin-image", json={"prompt": "a"}, headers=doubles.as_user)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert [name for name, _ in doubles.database.calls] == ["check_admin"]

    async def test_nobody_else_does_either(self, doubles: Doubles) -> None:
        """S18"""
        for headers in ({}, doubles.as_service, bearer("guessed")):
            answer = await doubles.http.post("generate-admin-image", json={"prompt": "a"}, headers=headers)
            assert answer.status_code == 401
        assert doubles.database.calls == []


class TestAnswer:
    async def test_when_it_is_done_the_answer_holds_the_image(self, admin: Doubles) -> None:
        row = job_row()
        done = found(row, ASSET, status="completed")
        admin.storage.objects = {("workspace-temp", ASSET[name]) for name in ("temp_storage_path", "thumbnail_path")}
        looks = (found(row), found(row, status="processing"), done)
        answer = await generate(admin, *looks, mode="poster")
        body = answer.json()
        assert answer.status_code == 200
        assert (body["success"], body["status"], body["job_id"], body["jobId"]) == (
            True,
            "completed",
            row["id"],
            row["id"],
        )
        image = body["image"]
        assert body["image_url"] == image["url"]
        assert ASSET["temp_storage_path"] in image["url"]
        assert ASSET["thumbnail_path"] in image["thumbnail_url"]
        assert (image["id"], image["prompt"], image["mode"]) == (ASSET["id"], "a red cat", "poster")
        assert image["timestamp"] == "2026-11-21T12:00:20Z"
        assert image["metadata"]["model_variant"] == "sdxl_shapes"

    async def test_an_image_that_was_taken_out_of_the_workspace_is_no_crash(self, admin: Doubles) -> None:
        """A repeated request finds its job completed, and the image cleared or discarded since."""
        answer = await generate(admin, found(job_row(), status="completed"))
        body = answer.json()
        assert (answer.status_code, body["status"], body["image_url"], body["image"]) == (200, "completed", None, None)

    @pytest.mark.parametrize("status", ["queued", "processing"])
    async def test_when_it_is_not_done_in_time_the_answer_holds_its_id(self, admin: Doubles, status: str) -> None:
        row = job_row()
        answer = await generate(admin, found(row, status=status), wait_seconds=0)
        assert (answer.status_code, answer.json()) == (
            202,
            {
                "success": True,
                "job_id": row["id"],
                "jobId": row["id"],
                "status": status,
                "image_url": None,
                "image": None,
            },
        )

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"error_code": "out_of_memory", "error_message": "No memory left."}, 502, "worker_failed"),
            ({"error_code": "content_policy", "error_message": "Refused."}, 422, "content_policy"),
            ({"error_code": "queue_timeout", "error_message": None}, 502, "worker_failed"),
            # What a worker may say, whoever it is: no admin is signed out by it.
            ({"error_code": "unauthenticated", "error_message": "No."}, 502, "worker_failed"),
        ],
    )
    async def test_when_it_failed_its_own_error_is_the_answer(
        self, admin: Doubles, changes: dict[str, Any], status: int, code: str
    ) -> None:
        row = job_row()
        answer = await generate(admin, found(row, status="failed", **changes))
        body = answer.json()
        assert (answer.status_code, body["success"], body["code"]) == (status, False, code)
        assert body["error"] == (changes["error_message"] or "The job failed.")
        assert body["details"] == f"job_id: {row['id']}; error_code: {changes['error_code']}"

    async def test_when_somebody_cancelled_it_the_answer_says_so(self, admin: Doubles) -> None:
        answer = await generate(admin, found(job_row(), status="cancelled", error_code="cancelled"))
        assert (answer.status_code, answer.json()["error"]) == (409, "The job was cancelled.")

    async def test_an_outage_while_it_waits_costs_nobody_the_id(self, admin: Doubles) -> None:
        row = job_row()
        looks = (DatabaseUnavailable(), found(row, ASSET, status="completed"))
        assert (await generate(admin, *looks)).json()["status"] == "completed"

    async def test_an_outage_that_lasts_answers_with_the_id(self, admin: Doubles) -> None:
        answer = await generate(admin, DatabaseUnavailable(), wait_seconds=0)
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")

    async def test_an_account_that_is_gone_by_then_is_told(self, admin: Doubles) -> None:
        answer = await generate(admin, {"outcome": "not_found"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


class TestOverTheStack:
    @pytest.fixture
    async def admin_user(self, user: User, owner: Any) -> User:
        await owner.execute("insert into user_roles (user_id, role) values ($1, 'admin')", user.id)
        return user

    async def post(self, edge: Edge, admin_user: User, **body: Any) -> httpx.Response:
        request = {"prompt": "a red cat", **body}
        return await edge.http.post("generate-admin-image", json=request, headers=admin_user.headers)

    async def test_it_is_a_real_job_of_the_admin_s_and_its_image_a_real_one(
        self, wire: Wire, admin_user: User, owner: Any
    ) -> None:
        """S18: no placeholder of somebody else's service."""
        headers = {**admin_user.headers, "Idempotency-Key": "once"}
        body = {"prompt": "a red cat", "wait_seconds": 0}
        first = await wire.edge.http.post("generate-admin-image", json=body, headers=headers)
        assert first.status_code == 202, first.text
        job_id = first.json()["job_id"]
        row = await wire.job(job_id)
        assert (str(row["user_id"]), row["priority"], row["metadata"]["credits"]) == (admin_user.id, 100, 0)
        assert await owner.fetchval("select token_balance from profiles where id = $1", row["user_id"]) == 100

        await (await wire.claim(job_id)).complete()
        second = await wire.edge.http.post("generate-admin-image", json=body, headers=headers)
        assert (second.status_code, second.json()["job_id"]) == (200, job_id)
        image = await wire.web.get(second.json()["image_url"])
        assert (image.status_code, image.headers["content-type"]) == (200, "image/png")

    async def test_it_stands_in_line_before_users_jobs(
        self, wire: Wire, admin_user: User, other_user: User, owner: Any
    ) -> None:
        """What is handed out already stays before it."""
        theirs = [
            (
                await wire.edge.http.post(
                    "queue-job",
                    json={"job_type": "sdxl_image_fast", "prompt": "a red cat"},
                    headers=other_user.headers,
                )
            ).json()["job_id"]
            for _ in range(6)
        ]
        mine = (await self.post(wire.edge, admin_user, wait_seconds=0)).json()["job_id"]
        waiting_ids = [
            str(row["id"])
            for row in await owner.fetch(
                "select id from jobs where id = any ($1::uuid[]) and handed_out_at is null"
                " order by priority desc, turn, created_at",
                [*theirs, mine],
            )
        ]
        assert waiting_ids[0] == mine
        assert len(waiting_ids) > 1
