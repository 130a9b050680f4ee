"""The contact sheet as a page."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from devstack.demo.jobs import REFERENCE, Job
from devstack.demo.results import Picture, Result
from devstack.demo.sheet import write_sheet
from devstack.demo.times import COLUMNS
from tests.fixtures.demo import completed_row, picture, result, row

VOID = {"meta", "img"}
OPTIONAL_END = {"html", "body"}


class Page(HTMLParser):
    """Texts by element, the images' sources, every attribute; fails where an element is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.images: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()
        assert set(self.open) <= OPTIONAL_END

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.images.append(values["src"])
        self.links += [value for name, value in values.items() if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1], " ".join(data.split())))

    def told(self, tag: str) -> list[str]:
        return [text for where, text in self.texts if where == tag]


def _page(results: Sequence[Result], folder: Path) -> Page:
    path = write_sheet(results, folder)
    assert path == folder / "index.html"
    return Page(path.read_text(encoding="utf-8"))


def test_beside_a_picture_stands_how_it_was_made(tmp_path: Path) -> None:
    page = _page([result(pictures=(picture(tmp_path, size=(64, 48), seed=9),))], tmp_path)
    facts = dict(zip(page.told("dt"), page.told("dd"), strict=True))
    assert facts == {
        "seed": "9",
        "model": "sdxl_shapes",
        "type": "sdxl_image_fast",
        "size": "64 \N{MULTIPLICATION SIGN} 48",
        "steps": "15",
        "guidance": "6.5",
        "drawn in": "0.12 s",
    }
    assert page.told("h2")[0] == "1. a red star on a blue background"


def test_every_picture_of_a_batch_is_shown(tmp_path: Path) -> None:
    pictures = tuple(picture(tmp_path, f"0{number}.png", seed=number) for number in (1, 2, 3))
    page = _page([result(pictures=pictures)], tmp_path)
    assert page.images == ["01.png", "02.png", "03.png"]


def test_a_negative_prompt_and_weights_are_told(tmp_path: Path) -> None:
    options = {"negative_prompt": "blurry", "compel_enabled": True, "compel_weights": "(red:1.4)"}
    page = _page([result(Job("", "a red star", seed=7, options=options))], tmp_path)
    assert "Negative prompt: blurry" in page.told("p")
    assert page.told("code") == ["(red:1.4)"]


def test_whatever_a_prompt_holds_it_stays_text(tmp_path: Path) -> None:
    nasty = """<script>alert("x")</script> & 'y'"""
    job = Job(nasty, nasty, seed=7, options={"negative_prompt": nasty, "compel_weights": nasty})
    ending = completed_row(warnings=[nasty])
    page = _page([result(job, ending, (picture(tmp_path),))], tmp_path)
    assert page.told("script") == []
    assert f"1. {nasty}" in page.told("h2")
    assert nasty in page.told("p")


def test_a_warning_and_a_failure_are_told(tmp_path: Path) -> None:
    failed = row(
        status="failed",
        completed_at=3,
        error_code="generation_failed",
        error_message="It broke.",
        warnings=["The prompt is long."],
    )
    page = _page([result(job_row=failed)], tmp_path)
    assert "The prompt is long." in page.told("p")
    assert "This job is failed (generation_failed): It broke." in page.told("p")


def test_it_needs_nothing_but_the_pictures_beside_it(tmp_path: Path) -> None:
    page = _page([result(pictures=(picture(tmp_path),))], tmp_path)
    assert page.links == ["01.png"]
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert all(outside not in text for outside in ("url(", "@import", "http:", "https:", "<script"))


def test_it_tells_where_the_time_went(tmp_path: Path) -> None:
    page = _page([result(), result()], tmp_path)
    assert page.told("th") == ["job", *COLUMNS]
    assert page.told("td") == [
        text
        for number in ("1", "2")
        for text in (number, "red star on blue", "0.25", "2.00", "0.50", "1.50", "0.75", "1.25", "6.00")
    ]


def test_a_video_can_be_played_and_shows_its_still_until_then(tmp_path: Path) -> None:
    made = replace(picture(tmp_path), path=tmp_path / "01.mp4")
    drawn = {**made.asset.generation_settings, "frames": 33, "duration_seconds": 2.0625}
    asset = made.asset.model_copy(update={"mime_type": "video/mp4", "generation_settings": drawn})
    page = write_sheet([result(pictures=(Picture(made.path, asset, tmp_path / "01.webp"),))], tmp_path).read_text()

    assert '<video src="01.mp4" poster="01.webp"' in page
    assert "33 frames, 2.06 s" in page


def test_a_reference_is_shown_with_what_it_did(tmp_path: Path) -> None:
    made = picture(tmp_path)
    drawn = {
        **made.asset.generation_settings,
        "reference_used": True,
        "reference_mode": "modify",
        "reference_strength": 0.5,
    }
    asset = made.asset.model_copy(update={"generation_settings": drawn})
    job = Job("a reference", "a pink star", seed=7, reference=REFERENCE)
    page = write_sheet([result(job, pictures=(Picture(made.path, asset, made.path),))], tmp_path).read_text()

    assert base64.b64encode(REFERENCE.read_bytes()).decode() in page
    assert "modify, strength 0.5" in page
