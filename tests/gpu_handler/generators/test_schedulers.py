import pytest
from diffusers import EulerDiscreteScheduler

from gpu_handler.generators.schedulers import new_scheduler
from shared.schedulers import SCHEDULERS, SchedulerName

PUBLISHED = EulerDiscreteScheduler(beta_end=0.02, prediction_type="v_prediction", timestep_spacing="trailing")


@pytest.mark.parametrize("name", SCHEDULERS)
def test_every_scheduler_keeps_the_published_noise_schedule(name: SchedulerName) -> None:
    scheduler = new_scheduler(name, PUBLISHED)

    kept = ("beta_start", "beta_end", "beta_schedule", "prediction_type", "timestep_spacing")
    assert {key: scheduler.config[key] for key in kept} == {key: PUBLISHED.config[key] for key in kept}


def test_every_scheduler_is_another() -> None:
    made = {name: new_scheduler(name, PUBLISHED) for name in SCHEDULERS}

    assert len({(type(s), s.config.get("use_karras_sigmas")) for s in made.values()}) == len(SCHEDULERS)


def test_a_scheduler_carries_nothing_over_from_the_picture_before() -> None:
    first, second = (new_scheduler("dpmpp_2m", PUBLISHED) for _ in range(2))
    first.set_timesteps(4)

    assert first is not second
    assert second.num_inference_steps is None


def test_ddim_cuts_no_latents() -> None:
    assert not new_scheduler("ddim", PUBLISHED).config.clip_sample


@pytest.mark.parametrize("name", SCHEDULERS)
def test_only_the_name_with_karras_has_karras_sigmas(name: SchedulerName) -> None:
    karras = EulerDiscreteScheduler(use_karras_sigmas=True)

    assert bool(new_scheduler(name, karras).config.get("use_karras_sigmas")) == name.endswith("karras") or (
        name in ("ddim", "euler_a")
    )
