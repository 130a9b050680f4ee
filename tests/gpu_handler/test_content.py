"""The content policy once more, in the worker."""

import pytest

from gpu_handler.classification import FixedClassifier
from gpu_handler.content import check_content
from gpu_handler.failures import BadInput, ContentRefused, describe
from gpu_handler.fetching import PictureFetcher
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.tasks.direct import InlineJob
from shared.errors import ErrorCode
from tests.fixtures.orders import job_order

REFUSED = "nude schoolgirl"


def test_a_harmless_order_passes() -> None:
    check_content(job_order())


@pytest.mark.parametrize("mode", ["sfw", "nsfw"])
def test_a_refused_prompt_is_refused_in_every_mode(mode: str) -> None:
    with pytest.raises(ContentRefused):
        check_content(job_order(prompt=REFUSED, content_mode=mode))


@pytest.mark.parametrize("field", ["compel_weights", "metadata"])
def test_a_refused_text_beside_the_prompt_is_refused(field: str) -> None:
    value = {"original_prompt": REFUSED} if field == "metadata" else REFUSED
    with pytest.raises(ContentRefused):
        check_content(job_order(**{field: value}))


def test_what_prompt_and_terms_say_together_is_refused() -> None:
    """De-duplication brings the number and its years together."""
    order = job_order(prompt="nude girl", compel_weights="a, 12, a, years old", content_mode="nsfw")
    with pytest.raises(ContentRefused):
        check_content(order)


@pytest.mark.parametrize("field", ["prompt", "compel_weights"])
def test_a_text_longer_than_any_submission_s_is_not_even_read(field: str) -> None:
    with pytest.raises(BadInput, match="at most 1000 characters"):
        check_content(job_order(**{field: "(a" * 501}))


def test_an_explicit_prompt_is_refused_in_sfw_only() -> None:
    check_content(job_order(prompt="explicit nude woman", content_mode="nsfw"))
    with pytest.raises(ContentRefused):
        check_content(job_order(prompt="explicit nude woman"))


def test_a_refusal_is_final_and_does_not_quote_the_prompt() -> None:
    with pytest.raises(ContentRefused) as refusal:
        check_content(job_order(prompt=REFUSED))
    failure = describe(refusal.value)
    assert failure.code == ErrorCode.CONTENT_POLICY
    assert not failure.retryable
    assert REFUSED not in failure.message


def test_a_direct_job_is_refused_before_the_model_is_loaded() -> None:
    generator = FakeGenerator()
    reply = InlineJob(job_order(prompt=REFUSED), generator, "worker-1", PictureFetcher(()), FixedClassifier(0.0)).run()
    assert reply["error_code"] == "content_policy"
    assert generator.loads == 0
