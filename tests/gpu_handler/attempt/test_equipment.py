import pytest

from gpu_handler.attempt.equipment import loaded
from gpu_handler.failures import ModelUnavailable
from gpu_handler.generators.fake import FakeGenerator


class Broken(FakeGenerator):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def load(self) -> None:
        raise self.error


def test_a_generator_comes_back_loaded() -> None:
    generator = FakeGenerator()

    assert loaded(generator) is generator
    assert generator.loads == 1


def test_whatever_goes_wrong_the_model_is_unavailable() -> None:
    cause = OSError("damaged file")

    with pytest.raises(ModelUnavailable, match="fake could not be loaded: damaged file") as raised:
        loaded(Broken(cause))
    assert raised.value.__cause__ is cause


def test_missing_weights_are_told_in_the_loader_s_own_words() -> None:
    with pytest.raises(ModelUnavailable, match="put them there"):
        loaded(Broken(ModelUnavailable("put them there")))
