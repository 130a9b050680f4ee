"""``make demo``: the main job, as a user meets it, in a stack of its own that is gone afterwards."""

import os
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Final

import httpx
from supabase import Client, create_client

from devstack.migrations import ROOT
from devstack.process import Child, spawn
from devstack.supervisor import STOP_SECONDS

OUTPUT: Final = ROOT / "demo-output"
PROMPT: Final = "a red circle on a blue background"
JOB_SECONDS: Final = 300.0


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="ourvidz-demo-", dir="/var/tmp" if os.geteuid() == 0 else None))  # noqa: S108
    folder.chmod(0o755)
    print("Starting the stack: PostgreSQL, PostgREST, Valkey, the functions and a GPU handler …", flush=True)
    command = [sys.executable, "-m", "devstack", "run", "--folder", str(folder), "--port", "free"]
    supervisor = spawn("supervisor", command, log=folder / "supervisor.out", env=os.environ)
    try:
        env = _wait_for_env(folder, supervisor)
        client = create_client(env["SUPABASE_URL"], env["SUPABASE_PUBLISHABLE_KEY"])
        for path in _make_pictures(client):
            print(path)
    except KeyboardInterrupt:
        return 130
    finally:
        supervisor.stop(STOP_SECONDS)
        shutil.rmtree(folder)
    return 0


def _wait_for_env(folder: Path, supervisor: Child) -> dict[str, str]:
    while not (folder / "env").exists():
        if supervisor.returncode is not None:
            sys.exit(supervisor.log.read_text())
        time.sleep(0.05)
    return dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())


def _make_pictures(client: Client) -> list[Path]:
    """Sign up, submit, watch the row, download; the pictures' paths."""
    client.auth.sign_up({"email": f"{uuid.uuid4().hex}@example.com", "password": uuid.uuid4().hex})
    submitted = time.monotonic()
    answer = client.functions.invoke(
        "queue-job",
        {"body": {"job_type": "sdxl_image_fast", "prompt": PROMPT, "seed": 7}, "responseType": "json"},
    )
    assert isinstance(answer, dict)
    job_id = answer["job_id"]
    print(f"Job {job_id}: {PROMPT!r}, model {answer['modelVariant']}")
    job = _watch(client, job_id)
    print(f"Ended after {time.monotonic() - submitted:.1f} s, the worker's start included.")
    if job["status"] != "completed":
        sys.exit(f"The job is {job['status']}: {job['error_message']}")
    return [_download(client, asset) for asset in _assets(client, job_id)]


def _watch(client: Client, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + JOB_SECONDS
    shown = ""
    while time.monotonic() < deadline:
        job: Any = client.table("jobs").select("*").eq("id", job_id).single().execute().data
        done = round(job["progress"] * 30)
        bar = f"{job['stage']:>12} [{'#' * done}{'.' * (30 - done)}]"
        if bar != shown:
            print(bar, flush=True)
            shown = bar
        if job["completed_at"] is not None:
            return dict(job)
        time.sleep(0.2)
    sys.exit(f"The job did not end within {JOB_SECONDS:.0f} s.")


def _assets(client: Client, job_id: str) -> list[dict[str, Any]]:
    rows: Any = client.table("workspace_assets").select("*").eq("job_id", job_id).order("asset_index").execute().data
    return list(rows)


def _download(client: Client, asset: dict[str, Any]) -> Path:
    signed = client.storage.from_("workspace-temp").create_signed_url(asset["temp_storage_path"], 60)
    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / f"{asset['job_id']}-{asset['asset_index']}.png"
    path.write_bytes(httpx.get(str(signed["signedURL"])).raise_for_status().content)
    return path


if __name__ == "__main__":
    sys.exit(main())
