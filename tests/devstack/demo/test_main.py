"""``make demo``: the whole run from the outside, and jobs that do not go well."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import av
import psutil
import pytest
from PIL import Image
from rich.console import Console

from devstack.demo import __main__ as demo
from devstack.demo import watch
from devstack.demo.jobs import JOBS, Job
from devstack.demo.user import User
from tests.fixtures.live import Live
from tools.shapes.checker import read_scenes
from tools.shapes.evaluate import as_tensor
from tools.shapes.world import COLOR_NAMES, POSITION_NAMES

COMMAND = [sys.executable, "-m", "devstack.demo"]
SLOW = Job("many steps", "a red star", seed=7, num_images=3, options={"steps": 50})
PROMPTED = re.compile(r"(?P<color>[a-z]+)-[a-z]+-on-(?P<background>[a-z]+)-")
QUICK = Job("few steps", "a green ring", seed=11, options={"steps": 2})


@dataclass(frozen=True)
class Run:
    """A demo that has ended."""

    code: int
    said: str
    complained: str
    output: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("demo")
    ended = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True)
    return Run(ended.returncode, ended.stdout, ended.stderr, folder / "demo-output")


def test_it_succeeds_in_silence_on_stderr(run: Run) -> None:
    assert (run.code, run.complained) == (0, "")


def test_there_is_a_picture_for_every_output_of_every_job(run: Run) -> None:
    wanted = [(job.name, job.seed + index) for job in JOBS for index in range(job.num_images)]
    paths = sorted((*run.output.glob("[0-9]*.png"), *run.output.glob("[0-9]*.mp4")))
    assert len(paths) == len(wanted)
    for path, (name, seed) in zip(paths, wanted, strict=True):
        assert path.stem.endswith(f"-{'-'.join(re.findall('[a-z]+', name))}-seed-{seed}")
        if path.suffix == ".mp4":
            continue
        with Image.open(path) as image:
            assert f"Seed: {seed}," in image.text["parameters"]  # type: ignore[attr-defined]


def test_the_pictures_have_the_colors_of_their_prompts(run: Run) -> None:
    wanted = {path: match for path in run.output.glob("[0-9]*.png") if (match := PROMPTED.search(path.name))}
    assert len(wanted) == 8, "all but those whose prompt names no background"
    for path, match in wanted.items():
        shown = read_scenes(as_tensor(Image.open(path))[None])[0].tolist()
        assert [COLOR_NAMES[color] for color in shown[1:3]] == [match["color"], match["background"]], path.name


def test_the_page_names_every_prompt_and_seed_and_only_files_that_exist(run: Run) -> None:
    page = unescape((run.output / "index.html").read_text(encoding="utf-8"))
    for job in JOBS:
        assert job.prompt in page
    seeds = [int(seed) for seed in re.findall(r"<dt>seed</dt><dd>(\d+)</dd>", page)]
    assert seeds == [job.seed + index for job in JOBS for index in range(job.num_images)]
    files = re.findall(r'<(?:img|video) src="([^"]+)"', page) + re.findall(r'poster="([^"]+)"', page)
    assert sorted(files) == sorted(path.name for path in run.output.glob("[0-9]*"))


def test_the_reference_decides_what_its_prompt_leaves_open(run: Run) -> None:
    """A pink star, and nothing said of where it is: on blue, on the left, as in the picture it refers to."""
    (path,) = run.output.glob("*-pink-star-seed-*.png")
    shown = read_scenes(as_tensor(Image.open(path))[None])[0].tolist()
    assert (COLOR_NAMES[shown[2]], POSITION_NAMES[shown[3]]) == ("blue", "left")


def test_the_video_is_one_of_the_length_that_was_asked_for(run: Run) -> None:
    (path,) = run.output.glob("*.mp4")
    with av.open(str(path), "r") as container:
        frames = [frame.to_image() for frame in container.decode(video=0)]
    assert len(frames) == 33
    assert path.with_suffix(".webp").exists()


def test_the_page_s_picture_is_there_too(run: Run) -> None:
    with Image.open(run.output / "sheet.png") as image:
        assert image.format == "PNG"


def test_the_table_has_every_job(run: Run) -> None:
    for number, job in enumerate(JOBS, start=1):
        assert re.search(rf"^ *{number} +{re.escape(job.label)}( +\d+\.\d\d){{7}} *$", run.said, re.MULTILINE)


def test_a_log_tells_each_job_s_way_without_a_control_character(run: Run) -> None:
    for number, job in enumerate(JOBS, start=1):
        assert re.findall(rf" s  {number} {re.escape(job.label)}: (\w+)", run.said)[-1] == "completed"
    assert "queued, 1 ahead" in run.said
    assert run.said.replace("\n", "").isprintable()


def test_it_ends_with_the_paths_of_what_it_wrote(run: Run) -> None:
    assert [Path(line) for line in run.said.splitlines()[-2:]] == [run.output / "sheet.png", run.output / "index.html"]


def test_a_stack_that_does_not_come_up_says_why(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.touch()
    environment = os.environ | {"DEVSTACK_POSTGRES_DIR": str(nowhere)}
    ended = subprocess.run(COMMAND, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert ended.returncode == 1
    assert str(nowhere) in ended.stderr
    assert not (tmp_path / "demo-output").exists()


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=110)


def _said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_job_that_is_refused_ends_the_demo_in_one_sentence(
    live: Live, console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "JOBS", [Job("too few", "a red star", seed=7, num_images=2)])
    assert demo.play(live.project, console) == 1
    assert re.fullmatch(r"queue-job refused a job: .*num_images.*\n", _said(console))


def test_a_job_that_fails_is_told_and_the_other_s_pictures_are_fetched(
    user: User, console: Console, tmp_path: Path
) -> None:
    submissions = [user.submit(SLOW), user.submit(QUICK), user.submit(QUICK)]
    user.client.functions.invoke("cancel-job", {"body": {"job_id": submissions[0].job_id}})

    results = demo.follow(user, submissions, tmp_path, console)

    assert [result.row.status for result in results] == ["cancelled", "completed", "completed"]
    assert "Job 1, red star x 3: cancelled (cancelled): The job was cancelled.\n" in _said(console)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "01-green-ring-seed-11.png",
        "02-green-ring-seed-11.png",
    ]


def test_the_same_seed_gives_the_same_file(user: User, console: Console, tmp_path: Path) -> None:
    first, second = demo.follow(user, [user.submit(QUICK), user.submit(QUICK)], tmp_path, console)
    assert first.pictures[0].path.read_bytes() == second.pictures[0].path.read_bytes()


def test_a_warning_of_the_row_is_told(user: User, console: Console, tmp_path: Path) -> None:
    unheard = {"negative_prompt": "blue", "guidance_scale": 1.0, "steps": 2}
    demo.follow(user, [user.submit(Job("no guidance", "a red star", seed=7, options=unheard))], tmp_path, console)
    assert "Job 1, red star: At a guidance scale of 1 the negative prompt had no effect.\n" in _said(console)


def test_a_demo_whose_jobs_stay_where_they_are_fails_with_the_last_words_of_the_gpu_handler(
    live: Live, console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(watch, "STALL_SECONDS", 0.0)
    monkeypatch.setattr(demo, "JOBS", [SLOW])
    assert demo.play(live.project, console) == 1
    assert "Job 1, red star x 3: not ended, but " in _said(console)
    last_words = _said(console).split("The GPU handler said last:\n")[1].splitlines()
    assert last_words
    assert set(last_words) <= set(live.project.log("gpu_handler").read_text().splitlines())
    assert list((tmp_path / "demo-output").iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_demo_that_is_ended_takes_its_stack_along(number: signal.Signals, code: int, tmp_path: Path) -> None:
    with subprocess.Popen(COMMAND, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        while len(family := psutil.Process(process.pid).children(recursive=True)) < 3:
            time.sleep(0.01)
        folder = Path(family[0].cmdline()[family[0].cmdline().index("--folder") + 1])
        process.send_signal(number)
        _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    assert process.returncode == code
    assert folder.exists() == (number == signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
