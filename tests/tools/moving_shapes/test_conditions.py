import torch
from PIL import Image

from tools.moving_shapes.conditions import draw_given, lay_out
from tools.moving_shapes.evaluate import as_picture, frames_given
from tools.moving_shapes.parts import Parts, vace_pipeline
from tools.moving_shapes.render import render
from tools.moving_shapes.world import draw_scenes


def _pipelines(parts: Parts, frames: int, reference: Image.Image | None, **given: object) -> torch.Tensor:
    """What the real pipeline gives its transformer."""
    pipe = vace_pipeline(parts)
    video, mask, references = pipe.preprocess_conditions(
        given.get("video"), given.get("mask"), reference, 1, 32, 32, frames, torch.float32, torch.device("cpu")
    )
    with torch.no_grad():
        latents = pipe.prepare_video_latents(video, mask, references, None, torch.device("cpu"))
    return torch.cat([latents, pipe.prepare_masks(mask, references)], 1)


def test_given_frames_are_laid_out_as_the_pipeline_lays_them_out(parts: Parts) -> None:
    generator = torch.Generator().manual_seed(0)
    videos = render(draw_scenes(1, generator), generator, 9, 32, 32)
    for place in (0, -1):
        given = torch.zeros(1, 9, dtype=torch.bool)
        given[0, place] = True
        shown = frames_given(as_picture(videos[0, :, place]), place, 9)

        ours, theirs = lay_out(videos, given, None), _pipelines(parts, 9, None, **shown)

        assert ours.shape == theirs.shape == (1, 40, 3, 8, 8)
        # A picture has 256 greys, none of them in the middle.
        assert torch.allclose(ours, theirs, atol=0.012)


def test_a_reference_is_a_latent_frame_in_front(parts: Parts) -> None:
    generator = torch.Generator().manual_seed(0)
    videos = render(draw_scenes(1, generator), generator, 5, 32, 32)

    ours = lay_out(videos, torch.zeros(1, 5, dtype=torch.bool), videos[:, :, :1])
    theirs = _pipelines(parts, 5, as_picture(videos[0, :, 0]))

    assert ours.shape == theirs.shape == (1, 40, 3, 8, 8)
    assert torch.allclose(ours, theirs, atol=0.012)


def test_nothing_the_first_the_last_or_both_frames_are_given() -> None:
    given = draw_given(400, 5, torch.Generator().manual_seed(0))

    assert not given[:, 1:-1].any()
    kinds = given[:, 0] + 2 * given[:, -1].int()
    assert all((kinds == kind).float().mean() > 0.08 for kind in range(4))
    one = draw_given(400, 1, torch.Generator().manual_seed(0))
    assert 0.5 < one.float().mean() < 0.98
