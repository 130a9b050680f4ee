from collections.abc import Mapping
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from PIL import Image

from gpu_handler.attempt import referring
from gpu_handler.attempt.referring import gather, origin
from gpu_handler.failures import BadInput
from gpu_handler.fetching import PictureRefused
from gpu_handler.generators.references import References
from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable
from tests.fixtures.orders import job_order

OURS = "https://storage.test"
URLS = {"reference": f"{OURS}/a", "start": "https://elsewhere.test/b", "end": f"{OURS}/c"}


def png(colour: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (20, 30), colour).save(buffer, "PNG")
    return buffer.getvalue()


class Answers:
    """A fetcher that answers or raises by URL."""

    def __init__(self, answers: Mapping[str, bytes | Exception]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, str | None]] = []

    def fetch(self, url: str, *, trusted_origin: str | None, stop: Event) -> bytes:
        assert not stop.is_set()
        self.asked.append((url, trusted_origin))
        answer = self._answers[url]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referring, "FETCH_SECONDS", 0.0)


def gathered(answers: Mapping[str, bytes | Exception], **metadata: Any) -> References:
    urls = {role: url for role, url in URLS.items() if url in answers}
    fetcher: Any = Answers(answers)
    return gather(job_order(metadata=metadata), urls, fetcher, OURS, Event())


def test_each_picture_is_opened_under_its_role() -> None:
    found = gathered({URLS["reference"]: png("red"), URLS["end"]: png("blue")})

    assert {role: picture.getpixel((0, 0)) for role, picture in found.pictures.items()} == {
        "reference": (255, 0, 0),
        "end": (0, 0, 255),
    }
    assert found.missing == {}


def test_our_own_storage_is_told_from_other_hosts_by_its_origin() -> None:
    fetcher: Any = Answers({URLS["start"]: png("red")})
    gather(job_order(), {"start": URLS["start"]}, fetcher, OURS, Event())

    assert fetcher.asked == [(URLS["start"], OURS)]
    assert origin(f"{OURS}:8443/storage/v1/object/sign/a?token=t") == f"{OURS}:8443"


@pytest.mark.parametrize("answer", [PictureRefused("It is too large."), b"no picture at all"])
def test_a_picture_that_cannot_be_used_is_missing_with_the_reason(answer: bytes | Exception) -> None:
    found = gathered({URLS["reference"]: answer, URLS["end"]: png("blue")})

    assert set(found.pictures) == {"end"}
    assert found.missing["reference"].endswith(".")


def test_a_required_picture_that_cannot_be_used_ends_the_job() -> None:
    with pytest.raises(BadInput, match="too large"):
        gathered({URLS["reference"]: PictureRefused("It is too large.")}, reference_required=True)


def test_another_host_that_does_not_answer_is_gone_on_without() -> None:
    found = gathered({URLS["start"]: Unreachable("ConnectError")})

    assert found.missing == {"start": "Its host does not answer."}


def test_storage_that_does_not_answer_is_another_attempt_s_chance() -> None:
    with pytest.raises(Unreachable):
        gathered({URLS["reference"]: Unavailable("HTTP 503")})


def test_a_wrong_plan_is_refused_before_anything_is_fetched() -> None:
    fetcher: Any = Answers({})

    with pytest.raises(BadInput, match="reference_strength"):
        gather(job_order(metadata={"reference_strength": 2}), URLS, fetcher, OURS, Event())
    assert fetcher.asked == []
