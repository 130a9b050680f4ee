"""``make demo``: what it makes is tested in ``tests/e2e/``; here, that nothing outlives it."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_demo_that_is_ended_takes_its_stack_along(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-m", "devstack.demo"], stdout=subprocess.PIPE) as process:
        demo = psutil.Process(process.pid)
        while len(family := demo.children(recursive=True)) < 3:
            time.sleep(0.01)
        folder = Path(family[0].cmdline()[family[0].cmdline().index("--folder") + 1])
        process.send_signal(number)
        _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    shutil.rmtree(folder, ignore_errors=True)
