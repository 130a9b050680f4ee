from pathlib import Path

import pytest

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.weights import weights

REAL = CATALOG["sdxl_base_1_0"]


def test_a_folder_named_after_the_entry_is_used(tmp_path: Path) -> None:
    folder = tmp_path / REAL.name
    folder.mkdir()
    (folder / "model_index.json").write_text("{}")

    with weights(REAL, tmp_path) as found:
        assert found == folder


def test_a_folder_without_a_pipeline_in_it_does_not_count(tmp_path: Path) -> None:
    (tmp_path / REAL.name).mkdir()

    with pytest.raises(ModelUnavailable), weights(REAL, tmp_path):
        pass


def test_the_hugging_face_cache_is_looked_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = tmp_path / "models--stabilityai--stable-diffusion-xl-base-1.0"
    snapshot = repo / "snapshots" / "0123456789abcdef"
    snapshot.mkdir(parents=True)
    (snapshot / "model_index.json").write_text("{}")
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("0123456789abcdef")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    with weights(REAL, None) as found:
        assert found == snapshot


def test_missing_weights_name_the_variables_to_set(tmp_path: Path) -> None:
    names = r"sdxl_base_1_0 .* MODELS_DIR .* MODELS=demo"
    with pytest.raises(ModelUnavailable, match=names) as raised, weights(REAL, tmp_path):
        pass
    assert str(tmp_path) not in str(raised.value)


def test_a_built_model_is_gone_after_loading() -> None:
    with weights(CATALOG["sdxl_tiny_random"], None) as folder:
        assert (folder / "model_index.json").is_file()

    assert not folder.exists()
