import math

import pytest
from PIL import Image

from gpu_handler.classification import FixedClassifier, check_outputs
from gpu_handler.classification.check import NUDITY_THRESHOLD
from gpu_handler.failures import ContentRefused, describe
from shared.errors import ErrorCode
from tests.fixtures.pictures import picture


def frames(count: int) -> list[Image.Image]:
    return [picture() for _ in range(count)]


def test_the_highest_score_of_the_pictures_is_told() -> None:
    assert check_outputs(FixedClassifier(0.1, 0.6, 0.2), frames(3), "sfw") == 0.6


@pytest.mark.parametrize("score", [NUDITY_THRESHOLD, 1.0, math.nan])
@pytest.mark.parametrize("before", [(), (0.1,), (0.1, 0.2)])
def test_one_picture_at_the_threshold_refuses_the_output(before: tuple[float, ...], score: float) -> None:
    with pytest.raises(ContentRefused):
        check_outputs(FixedClassifier(*before, score, 0.1), frames(len(before) + 2), "sfw")


def test_a_score_just_below_the_threshold_passes() -> None:
    score = math.nextafter(NUDITY_THRESHOLD, 0)

    assert check_outputs(FixedClassifier(score), frames(1), "sfw") == score


def test_in_nsfw_mode_nothing_is_looked_at() -> None:
    classifier = FixedClassifier(1.0)

    assert check_outputs(classifier, frames(2), "nsfw") is None
    assert classifier.seen == []


@pytest.mark.parametrize("mode", ["sfw", "", "NSFW", "unknown"])
def test_every_other_mode_is_looked_at(mode: str) -> None:
    with pytest.raises(ContentRefused):
        check_outputs(FixedClassifier(1.0), frames(1), mode)


def test_an_output_of_which_nothing_is_shown_does_not_pass() -> None:
    with pytest.raises(ValueError, match="empty"):
        check_outputs(FixedClassifier(0.0), [], "sfw")


def test_a_refusal_is_final_and_tells_the_user_why() -> None:
    with pytest.raises(ContentRefused) as refused:
        check_outputs(FixedClassifier(1.0), frames(1), "sfw")

    failure = describe(refused.value)
    assert (failure.code, failure.retryable) == (ErrorCode.CONTENT_POLICY, False)
    assert "content_mode is sfw" in failure.message
