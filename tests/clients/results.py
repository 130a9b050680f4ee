"""Results whose files lie in storage, as a worker leaves them, without one."""

from dataclasses import replace

import httpx

from devstack.project import Project
from tests.fixtures.lifecycle import Attempt, Line
from tests.fixtures.users import User


async def upload(project: Project, attempt: Attempt, index: int = 0) -> tuple[str, str]:
    """Paths of a result and its thumbnail, which lie in storage now."""
    output = attempt.output(index)
    paths = output["path"], output["thumbnail_path"]
    async with httpx.AsyncClient(headers={"apikey": project.keys.secret_key}) as http:
        for path, content_type in zip(paths, ("image/png", "image/webp"), strict=True):
            url = f"{project.url}/storage/v1/object/workspace-temp/{path}"
            answer = await http.post(url, content=b"a picture", headers={"content-type": content_type})
            assert answer.status_code == 200, answer.text
    return paths


async def finish_job(project: Project, line: Line, user: User, images: int = 1) -> tuple[str, list[str]]:
    """A completed job of the user's, and its assets' ids."""
    own = replace(line, user_id=user.id)
    attempt = await own.start(config={"num_images": images, "seed": 7})
    for index in range(images):
        await upload(project, attempt, index)
    answer = await attempt.complete(*[attempt.output(index) for index in range(images)])
    assert answer["outcome"] == "completed"
    return attempt.job_id, [str(asset["id"]) for asset in await own.assets(attempt.job_id)]
