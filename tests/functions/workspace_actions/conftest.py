"""Actions of one user over the stack."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.fixtures.wire import Wire


@dataclass(frozen=True)
class Desk:
    """A user who calls workspace-actions."""

    wire: Wire

    async def ask(self, action: str, *, as_: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
        return await self.wire.edge.http.post(
            "workspace-actions", json={"action": action, **fields}, headers=as_ or self.wire.user.headers
        )

    async def do(self, action: str, **fields: Any) -> dict[str, Any]:
        answer = await self.ask(action, **fields)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def made(self, images: int = 1, **fields: Any) -> tuple[str, list[str]]:
        """A completed job and its assets' ids."""
        attempt = await self.wire.start(num_images=images, **fields)
        await attempt.complete()
        return attempt.job_id, [str(asset["id"]) for asset in await self.wire.assets(attempt.job_id)]

    async def listed(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.wire.edge.http.get("assets", params=query, headers=self.wire.user.headers)
        assert answer.status_code == 200, answer.text
        assets: list[dict[str, Any]] = answer.json()["assets"]
        return assets

    async def content(self, url: str) -> bytes:
        return (await self.wire.web.get(url)).content

    async def objects(self, bucket: str) -> int:
        query = "select count(*) from storage.objects where bucket_id = $1 and starts_with(name, $2)"
        count: int = await self.wire.owner.fetchval(query, bucket, str(UUID(self.wire.user.id)))
        return count


@pytest.fixture
def desk(wire: Wire) -> Desk:
    return Desk(wire)
