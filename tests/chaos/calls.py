"""What goes over the wire, named: one step for every HTTP call between submission and the last acknowledgement."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final, Literal

import jwt

Upstream = Literal["functions", "project", "redis"]

WORKER_STEPS: Final = ("take", "claim", "progress", "end", "upload")
CLIENT_STEPS: Final = ("submit", "cancel")
FUNCTION_STEPS: Final = (
    "push",
    "rewrite",
    "sign",
    "sql:submit_job",
    "sql:claim_job",
    "sql:report_progress",
    "sql:complete_job",
    "sql:cancel_job",
    "sql:sweep_jobs",
)
STEPS: Final = (*CLIENT_STEPS, *FUNCTION_STEPS, *WORKER_STEPS)

_PREFIX: Final = re.compile(r"^/([wf]\d+)(?=/)")
_UPLOAD: Final = re.compile(r"/object/upload/sign/workspace-temp/[0-9a-f-]{36}/([0-9a-f-]{36})/(\d+)-\d+\.")
_FUNCTIONS: Final = {"queue-job": "submit", "cancel-job": "cancel", "dispatch-jobs": "dispatch"}
_REDIS: Final = {"/redis/": "take", "/redis": "take", "/redis/pipeline": "push", "/redis/multi-exec": "rewrite"}


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. ``sender`` is the process it came from, where its path says it; ``job_id`` where known."""

    step: str
    upstream: Upstream
    sender: str | None
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    job_id: str | None = None
    attempt: int | None = None
    """Of the credential it carries."""
    handout: int | None = None
    claim_id: str | None = None
    elements: int = 0
    """How many queue elements it pushes."""


def read_call(method: str, path: str, headers: dict[str, str], body: bytes) -> Call:
    """``path`` with its query, as it arrived."""
    found = _PREFIX.match(path)
    sender = found[1] if found else None
    rest = path[found.end() :] if found else path
    common: dict[str, Any] = {"sender": sender, "method": method, "headers": headers, "body": body}
    if rest.startswith("/redis"):
        step = _REDIS[rest]
        commands = json.loads(body)
        elements = sum(len(command) - 2 for command in commands if command[0] == "LPUSH") if step != "take" else 0
        return Call(step, "redis", path=rest.removeprefix("/redis") or "/", elements=elements, **common)
    if rest.startswith("/functions/v1/"):
        return _functions_call(rest, common)
    upload = _UPLOAD.search(rest)
    if upload is not None and method == "PUT":
        return Call("upload", "project", path=rest, job_id=upload[1], attempt=int(upload[2]), **common)
    if "/object/upload/sign/" in rest:
        return Call("sign", "project", path=rest, **common)
    name = rest.partition("?")[0].rsplit("/", 1)[1]
    job_id = json.loads(body).get("p_job_id") if body else None
    return Call(f"sql:{name}", "project", path=rest, job_id=job_id, **common)


def _functions_call(path: str, common: dict[str, Any]) -> Call:
    name = path.removeprefix("/functions/v1/")
    body = json.loads(common["body"] or b"{}")
    if name != "job-callback":
        return Call(_FUNCTIONS[name], "functions", path=path, job_id=body.get("job_id"), **common)
    token = common["headers"]["authorization"].removeprefix("Bearer ")
    job: dict[str, Any] = {"path": path, "job_id": body["job_id"], **common}
    if "claim_id" in body:
        return Call("claim", "functions", handout=int(token.split(".")[2]), claim_id=body["claim_id"], **job)
    attempt = jwt.decode(token, options={"verify_signature": False})["attempt"]
    return Call("progress" if body["status"] == "processing" else "end", "functions", attempt=attempt, **job)
