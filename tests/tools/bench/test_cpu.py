import os
import subprocess
import sys

import psutil

from tools.bench.cpu import LOAD, Meter

BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}]); print('done', flush=True); input()"


def test_what_a_part_s_children_used_counts_even_when_they_have_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as part:
        meter = Meter({"part": [psutil.Process(part.pid)]})
        before = dict.fromkeys(meter.read(), 0.0)
        assert part.stdout is not None
        assert part.stdout.readline() == b"done\n"
        assert meter.since(before)["part"] >= 0.3
        part.communicate(b"\n")


def test_the_load_is_this_process() -> None:
    meter = Meter({})
    before = meter.read()
    exec(compile(BUSY, "busy", "exec"), {})  # noqa: S102
    assert meter.since(before)[LOAD] >= 0.3


def test_a_part_of_several_processes_is_their_sum() -> None:
    this = psutil.Process(os.getpid())
    used = Meter({"one": [this], "two": [this, this]}).read()
    assert used["two"] >= 2 * used["one"] > 0
