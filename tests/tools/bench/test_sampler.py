"""The profiler in a server's process."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from devstack.ports import HOST, free_ports
from tools.bench.sampler import START

APP = """
def burn():
    return sum(number * number for number in range(3_000_000))

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError
    body = str(burn()).encode() if scope["path"] == "/burn" else b""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})
"""


def test_it_notes_what_a_server_does_after_the_signal(tmp_path: Path) -> None:
    (tmp_path / "burning.py").write_text(APP)
    file, port = tmp_path / "samples.json", free_ports(1)[0]
    options = ["--app-dir", str(tmp_path), "--host", HOST, "--port", str(port), "--log-level", "error"]
    command = [sys.executable, "-m", "tools.bench.sampler", str(file), "burning:app", *options]
    url = f"http://{HOST}:{port}"
    with subprocess.Popen(command) as server:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            client.get(url)
            server.send_signal(START)
            client.get(f"{url}/burn")
        server.send_signal(signal.SIGTERM)
    stacks = json.loads(file.read_text())
    assert any(frame.endswith("burning.py:burn") for stack, _ in stacks for frame in stack)
    assert not any("importlib" in frame for stack, _ in stacks for frame in stack)
    assert all("sampler.py:main" in " ".join(stack[:4]) for stack, _ in stacks)
