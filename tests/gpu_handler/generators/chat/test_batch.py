"""Several answers in one pass through the model: each as it is alone, and each ended by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gpu_handler.failures import BadInput
from gpu_handler.generators.chat.answers import Asking, Said
from gpu_handler.generators.chat.generator import ChatGenerator
from shared.conversation import ChatRequest
from tests.fixtures.chat import chat_request

# Of different lengths, so that all but one are padded.
REQUESTS = (
    chat_request("Hello", seed=1, max_tokens=30),
    chat_request("What is it that you see, and how far away is it?", seed=2, temperature=1.4, top_p=0.8, max_tokens=12),
    chat_request("x", temperature=0, max_tokens=40),
    chat_request("Hello", seed=3, max_tokens=30, top_p=1),
)


class Ends:
    """Who was told what, in which order."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self.told: dict[int, Said | Exception] = {}

    def asking(self, place: int, request: ChatRequest) -> Asking:
        def on_end(end: Said | Exception) -> None:
            assert place not in self.told
            self.order.append(place)
            self.told[place] = end

        return Asking(request, lambda _: None, lambda: False, on_end)

    def said(self, place: int) -> Said:
        end = self.told[place]
        assert isinstance(end, Said), end
        return end


@contextmanager
def passes(generator: ChatGenerator) -> Iterator[list[int]]:
    """The number of rows in each forward pass of the model meanwhile."""
    rows: list[int] = []
    hook = generator._model.register_forward_hook(
        lambda _module, _args, kwargs, _output: rows.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    try:
        yield rows
    finally:
        hook.remove()


def alone(generator: ChatGenerator, request: ChatRequest) -> Said:
    return generator.answer(request, lambda _: None, lambda: False)


def test_in_company_everybody_gets_the_answer_they_get_alone(chat_generator: ChatGenerator) -> None:
    """P10"""
    ends = Ends()
    with passes(chat_generator) as rows:
        chat_generator.answer_together([ends.asking(place, request) for place, request in enumerate(REQUESTS)])
    assert rows == [4] * 40
    for place, request in enumerate(REQUESTS):
        by_itself = alone(chat_generator, request)
        together = ends.said(place)
        assert together.text == by_itself.text
        assert (together.answer_tokens, together.prompt_tokens) == (by_itself.answer_tokens, by_itself.prompt_tokens)


def test_whoever_is_done_is_told_at_once(chat_generator: ChatGenerator) -> None:
    ends = Ends()
    chat_generator.answer_together([ends.asking(place, request) for place, request in enumerate(REQUESTS)])
    assert ends.order == [1, 0, 3, 2]
    assert [ends.said(place).answer_tokens for place in range(4)] == [30, 12, 40, 30]


def test_one_that_is_cancelled_or_fails_or_does_not_fit_leaves_the_others_alone(chat_generator: ChatGenerator) -> None:
    ends = Ends()
    heard: list[str] = []

    def breaks(_: str) -> None:
        raise ConnectionError

    cancelled = Asking(REQUESTS[2], heard.append, lambda: len(heard) >= 3, ends.asking(1, REQUESTS[2]).on_end)
    failing = Asking(REQUESTS[2], breaks, lambda: False, ends.asking(2, REQUESTS[2]).on_end)
    too_long = chat_request("港" * 3000)
    with passes(chat_generator) as rows:
        chat_generator.answer_together([ends.asking(0, REQUESTS[0]), cancelled, failing, ends.asking(3, too_long)])
    assert rows == [3] * 30
    assert ends.said(0).text == alone(chat_generator, REQUESTS[0]).text
    assert (ends.said(1).finish_reason, len(heard)) == ("stopped", 3)
    assert isinstance(ends.told[2], ConnectionError)
    assert isinstance(ends.told[3], BadInput)


def test_each_has_stop_texts_of_its_own(chat_generator: ChatGenerator) -> None:
    whole = alone(chat_generator, REQUESTS[2]).text
    stop = whole[10:13]
    ends = Ends()
    stopping = REQUESTS[2].model_copy(update={"stop": [stop]})
    chat_generator.answer_together([ends.asking(0, REQUESTS[2]), ends.asking(1, stopping)])
    assert ends.said(0).text == whole
    assert (ends.said(1).text, ends.said(1).finish_reason) == (whole[: whole.index(stop)], "stop")


def test_what_fails_for_all_is_raised(chat_generator: ChatGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(chat_generator._model, "generate", break_down)
    with pytest.raises(RuntimeError):
        alone(chat_generator, REQUESTS[0])
