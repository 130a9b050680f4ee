"""A user of the project, through the official Python client alone."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from supabase import Client, ClientOptions, create_client

from devstack.demo.jobs import Job
from devstack.demo.rows import AssetRow, JobRow
from devstack.project import Project

CALL_SECONDS: Final = 30.0
URL_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Submission:
    """An accepted job; ``seconds`` is what the call took."""

    job: Job
    job_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class User:
    client: Client
    http: httpx.Client

    def submit(self, job: Job) -> Submission:
        started = time.monotonic()
        body = job.body if job.reference is None else job.body | {"reference_image_url": self._uploaded(job.reference)}
        answer: Any = self.client.functions.invoke("queue-job", {"body": body, "responseType": "json"})
        return Submission(job, answer["job_id"], time.monotonic() - started)

    def _uploaded(self, picture: Path) -> str:
        """What queue-job takes for it. A form with a file is more than ``functions.invoke`` can send."""
        url = f"{self.client.functions_url}/upload-reference"
        answer = self.http.post(url, files={"file": picture.read_bytes()}, headers=self.client.functions.headers)
        return str(answer.raise_for_status().json()["reference_image_url"])

    def rows(self, submissions: Sequence[Submission]) -> list[JobRow]:
        """The jobs' rows as they are now, in the order of the submissions."""
        ids = [submission.job_id for submission in submissions]
        query = self.client.table("jobs").select(",".join(JobRow.model_fields)).in_("id", ids)
        rows = {row.id: row for row in map(JobRow.model_validate, query.execute().data)}
        return [rows[job_id] for job_id in ids]

    def assets(self, job_id: str) -> list[AssetRow]:
        """What the job made, in the order of the seeds."""
        query = self.client.table("workspace_assets").select(",".join(AssetRow.model_fields)).eq("job_id", job_id)
        return [AssetRow.model_validate(row) for row in query.order("asset_index").execute().data]

    def file(self, path: str) -> bytes:
        """The object at that path of the workspace, through a signed URL."""
        signed = self.client.storage.from_("workspace-temp").create_signed_url(path, URL_SECONDS)
        return self.http.get(str(signed["signedURL"])).raise_for_status().content


@contextmanager
def signed_up(project: Project) -> Iterator[User]:
    """A new user, signed in."""
    with httpx.Client(timeout=CALL_SECONDS) as http:
        client = create_client(project.url, project.keys.publishable_key, ClientOptions(httpx_client=http))
        client.auth.sign_up({"email": f"{uuid.uuid4().hex}@example.com", "password": uuid.uuid4().hex})
        yield User(client, http)
