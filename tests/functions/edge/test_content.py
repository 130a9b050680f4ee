"""What may be asked for at all, and that a long question keeps nobody waiting."""

from threading import get_ident

import pytest

from functions.edge.content import SHORT_CHARACTERS, check_mode, check_texts, in_its_time
from functions.edge.errors import ApiError
from shared.errors import ErrorCode


def test_a_deployment_without_adult_content_makes_none() -> None:
    check_mode("sfw", "forbidden")
    check_mode("nsfw", "verified")
    with pytest.raises(ApiError) as caught:
        check_mode("nsfw", "forbidden")
    assert caught.value.code is ErrorCode.ADULT_NOT_VERIFIED


def test_a_refused_text_is_refused_with_its_reason_and_not_quoted() -> None:
    check_texts(("a red cat", None, "a red cat"), "sfw")
    with pytest.raises(ApiError) as caught:
        check_texts((None, "a red cat", "explicit hardcore porn"), "sfw")
    assert caught.value.code is ErrorCode.CONTENT_POLICY
    assert "porn" not in f"{caught.value.message} {caught.value.details}"


@pytest.mark.parametrize(("characters", "is_aside"), [(SHORT_CHARACTERS, False), (SHORT_CHARACTERS + 1, True)])
async def test_long_texts_are_judged_beside_the_event_loop(characters: int, is_aside: bool) -> None:
    threads: list[int] = []
    await in_its_time(lambda: threads.append(get_ident()), ("x" * characters, None))
    assert (threads != [get_ident()]) is is_aside


async def test_what_the_check_raises_is_raised_from_there_too() -> None:
    with pytest.raises(ApiError):
        await in_its_time(lambda: check_mode("nsfw", "forbidden"), ("x" * (SHORT_CHARACTERS + 1),))
