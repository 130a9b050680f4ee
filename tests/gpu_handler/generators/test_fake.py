from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gpu_handler.attempt.interruption import Interrupted, Interruption, Reason
from gpu_handler.failures import BadInput
from gpu_handler.generators.fake import FakeGenerator
from gpu_handler.generators.references import NO_REFERENCES
from shared.model_variants import ModelVariant
from tests.fixtures.orders import job_order


def ignore(done: int, total: int) -> None:
    assert 1 <= done <= total


def pixels(index: int = 0, **changes: Any) -> bytes:
    return Image.open(
        BytesIO(FakeGenerator().generate(job_order(**changes), index, NO_REFERENCES, ignore).data)
    ).tobytes()


def test_the_same_order_gives_the_same_picture() -> None:
    assert pixels() == pixels()


@pytest.mark.parametrize(
    "change",
    [{"prompt": "a harbour"}, {"negative_prompt": "fog"}, {"seed": 8}, {"steps": 4}, {"guidance_scale": 3.0}],
)
def test_every_part_of_the_order_changes_the_picture(change: dict[str, Any]) -> None:
    assert pixels(**change) != pixels()


def test_an_output_s_picture_is_that_of_its_own_seed() -> None:
    assert pixels(2, num_images=3, seed=7) == pixels(0, num_images=1, seed=9)


def test_each_step_is_told() -> None:
    steps: list[tuple[int, int]] = []

    FakeGenerator().generate(job_order(steps=3), 0, NO_REFERENCES, lambda done, total: steps.append((done, total)))

    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_step_may_end_it() -> None:
    interruption = Interruption()
    interruption.request(Reason.CANCELLED)

    with pytest.raises(Interrupted):
        FakeGenerator().generate(job_order(), 0, NO_REFERENCES, lambda *_: interruption.check())


def test_an_order_nobody_can_make_is_refused() -> None:
    with pytest.raises(BadInput):
        FakeGenerator().count(job_order(num_images=5))


def test_it_may_stand_in_for_any_model() -> None:
    generator = FakeGenerator(ModelVariant("other", 32, 48))

    made = generator.generate(job_order(config={"seed": 1, "steps": 1}), 0, NO_REFERENCES, ignore)

    assert (made.metadata["model_variant"], made.metadata["width"], made.metadata["height"]) == ("other", 32, 48)
