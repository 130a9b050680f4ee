from pathlib import Path

import pytest
import torch

from tools.moving_shapes.parts import Parts, load, new_parts, pipeline, save, vace_folder, vace_pipeline


def test_a_saved_model_is_wan_s_folder_with_vace_beside_it(parts: Parts, tmp_path: Path) -> None:
    torch.manual_seed(0)
    save(new_parts(parts.tokenizer), tmp_path / "wan")

    assert {path.name for path in tmp_path.iterdir()} == {"wan", "wan_vace"}
    assert {path.name for path in (tmp_path / "wan").iterdir()} == {
        *("model_index.json", "scheduler", "text_encoder", "tokenizer", "transformer", "vae")
    }
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 12_000_000
    loaded = load(tmp_path / "wan")
    assert loaded.vace.config.vace_layers == [0, 3]
    assert loaded.transformer.dtype == loaded.vace.dtype == torch.float32
    assert loaded.vace.blocks is loaded.transformer.blocks
    assert (vace_folder(tmp_path / "wan") / "config.json").is_file()


def test_without_control_vace_is_wan(parts: Parts) -> None:
    noisy, time, text = torch.randn(1, 12, 2, 4, 4), torch.tensor([500.0]), torch.randn(1, 6, 64)
    control = torch.randn(1, 40, 2, 4, 4)
    with torch.no_grad():
        wan = parts.transformer(noisy, time, text).sample
        vace, other = (
            parts.vace(
                *(noisy, time, text), control_hidden_states=control, control_hidden_states_scale=torch.full((2,), scale)
            ).sample
            for scale in (0.0, 1.0)
        )

    assert torch.equal(wan, vace)
    assert not torch.allclose(wan, other, atol=1e-3)


@pytest.mark.parametrize("frames", [1, 5])
def test_both_pipelines_make_videos_of_sizes_that_are_multiples_of_sixteen(parts: Parts, frames: int) -> None:
    for pipe in (pipeline(parts), vace_pipeline(parts)):
        pipe.set_progress_bar_config(disable=True)
        video = pipe("a red star", height=32, width=16, num_frames=frames, num_inference_steps=1).frames
        assert video.shape == (1, frames, 32, 16, 3)
