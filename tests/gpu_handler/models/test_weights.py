import json
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models import weights
from gpu_handler.models.catalog import CATALOG, CatalogEntry, HubRepo
from gpu_handler.models.weights import LocalWeights, find_weights

HUB = CATALOG["sdxl_base_1_0"]
CHECKPOINT = CATALOG["lustify_sdxl"]
BUNDLED = CATALOG["sdxl_shapes"]


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Hugging Face cache, which could be filled from the internet."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    return folder


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every host whose address is asked for; none gets it."""
    asked: list[str] = []

    def unknown(host: str, *_: Any, **__: Any) -> NoReturn:
        asked.append(host)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    return asked


def put_pipeline(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    return folder


def put_checkpoint(models_dir: Path) -> Path:
    file = models_dir / CHECKPOINT.source.file
    file.touch()
    return file


def snapshot(cache: Path, revision: str = HUB.source.revision) -> Path:
    return cache / "models--stabilityai--stable-diffusion-xl-base-1.0" / "snapshots" / revision


@pytest.mark.parametrize("entry", [HUB, CHECKPOINT, BUNDLED], ids=lambda entry: entry.name)
def test_a_folder_named_after_the_entry_comes_before_its_source(
    entry: CatalogEntry, models_dir: Path, cache: Path
) -> None:
    folder = put_pipeline(models_dir / entry.name)
    put_checkpoint(models_dir)
    put_pipeline(snapshot(cache))

    assert find_weights(entry, models_dir) == LocalWeights(folder)


def test_a_folder_without_a_pipeline_in_it_does_not_count(models_dir: Path, cache: Path) -> None:
    (models_dir / HUB.name).mkdir()
    cached = put_pipeline(snapshot(cache))

    assert find_weights(HUB, models_dir) == LocalWeights(cached)


def test_a_bundled_model_lies_beside_the_catalog(models_dir: Path) -> None:
    folder = Path(weights.__file__).parent / "sdxl_shapes"

    assert find_weights(BUNDLED, models_dir) == find_weights(BUNDLED, None) == LocalWeights(folder)


def test_the_hugging_face_cache_is_looked_in(cache: Path) -> None:
    folder = put_pipeline(snapshot(cache))

    assert find_weights(HUB, None) == LocalWeights(folder)


def test_repository_and_commit_are_told_of_what_came_from_the_hub(cache: Path) -> None:
    put_pipeline(snapshot(cache))

    assert find_weights(HUB, None).origin == f"{HUB.source.repo_id}@{HUB.source.revision}"


def test_of_a_folder_of_one_s_own_nothing_more_is_known(models_dir: Path) -> None:
    put_pipeline(models_dir / HUB.name)

    assert find_weights(HUB, models_dir).origin == "a folder of MODELS_DIR"


def test_another_revision_in_the_cache_does_not_count_though_it_is_the_newest(cache: Path) -> None:
    other = put_pipeline(snapshot(cache, "f" * 40))
    refs = other.parents[1] / "refs"
    refs.mkdir()
    (refs / "main").write_text(other.name)

    with pytest.raises(ModelUnavailable):
        find_weights(HUB, None)


def test_a_cached_revision_without_a_pipeline_in_it_does_not_count(cache: Path) -> None:
    snapshot(cache).mkdir(parents=True)

    with pytest.raises(ModelUnavailable):
        find_weights(HUB, None)


def test_a_cache_with_only_some_files_of_the_repository_is_enough(cache: Path) -> None:
    folder = put_pipeline(snapshot(cache))
    listing = folder.parents[1] / "trees" / f"{folder.name}.json"
    listing.parent.mkdir()
    files = {name: {"size": 2, "blob_id": "0" * 40} for name in ("model_index.json", "unet/model.onnx")}
    listing.write_text(json.dumps({"format_version": 1, "files": files}))

    assert find_weights(HUB, None) == LocalWeights(folder)


def test_a_checkpoint_goes_with_its_architectures_configuration_from_the_cache(models_dir: Path, cache: Path) -> None:
    file, config = put_checkpoint(models_dir), put_pipeline(snapshot(cache))

    assert find_weights(CHECKPOINT, models_dir) == LocalWeights(file, config)


def test_a_checkpoint_goes_with_its_architectures_configuration_from_a_folder(models_dir: Path, cache: Path) -> None:
    put_pipeline(snapshot(cache))
    file, config = put_checkpoint(models_dir), put_pipeline(models_dir / HUB.name)

    assert find_weights(CHECKPOINT, models_dir) == LocalWeights(file, config)


def test_a_missing_repository_is_asked_for_by_folder_and_by_revision(models_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as raised:
        find_weights(HUB, models_dir)

    message = str(raised.value)
    for named in (HUB.source.repo_id, f"folder {HUB.name} under MODELS_DIR", HUB.source.revision, "HF_HOME", "=demo"):
        assert named in message
    assert str(tmp_path) not in message


def test_a_missing_checkpoint_is_asked_for_by_its_file_name(models_dir: Path, cache: Path, tmp_path: Path) -> None:
    put_pipeline(snapshot(cache))

    with pytest.raises(ModelUnavailable) as raised:
        find_weights(CHECKPOINT, models_dir)

    assert str(raised.value).startswith(f"The weights of {CHECKPOINT.name} are missing")
    assert f"put {CHECKPOINT.source.file} into MODELS_DIR" in str(raised.value)
    assert str(tmp_path) not in str(raised.value)


def test_a_checkpoint_without_a_models_dir_is_missing(cache: Path) -> None:
    put_pipeline(snapshot(cache))

    with pytest.raises(ModelUnavailable, match=CHECKPOINT.source.file):
        find_weights(CHECKPOINT, None)


def test_a_folder_in_the_place_of_a_checkpoint_does_not_count(models_dir: Path, cache: Path) -> None:
    put_pipeline(snapshot(cache))
    (models_dir / CHECKPOINT.source.file).mkdir()

    with pytest.raises(ModelUnavailable, match=CHECKPOINT.source.file):
        find_weights(CHECKPOINT, models_dir)


def test_a_missing_configuration_is_asked_for_without_the_weights(models_dir: Path, tmp_path: Path) -> None:
    put_checkpoint(models_dir)

    with pytest.raises(ModelUnavailable) as raised:
        find_weights(CHECKPOINT, models_dir)

    message = str(raised.value)
    assert message.startswith(f"{CHECKPOINT.name} needs the json and txt files of {HUB.name}.")
    assert f"folder {HUB.name} under MODELS_DIR" in message
    assert str(tmp_path) not in message


@pytest.mark.parametrize("entry", [HUB, CHECKPOINT], ids=lambda entry: entry.name)
def test_nothing_is_downloaded(entry: CatalogEntry, models_dir: Path, hosts: list[str]) -> None:
    put_checkpoint(models_dir)

    with pytest.raises(ModelUnavailable):
        find_weights(entry, models_dir)

    assert hosts == []


def test_an_adapter_s_files_are_found_from_the_root_of_its_repository(cache: Path) -> None:
    entry = CATALOG["ip_adapter_sdxl"]
    assert isinstance(entry.source, HubRepo)
    root = cache / "models--h94--IP-Adapter" / "snapshots" / entry.source.revision
    (root / entry.index).parent.mkdir(parents=True)
    (root / entry.index).write_text("{}")

    assert find_weights(entry, None).path == root


@pytest.mark.parametrize("name", ["qwen2_5_7b_instruct", "qwen2_random"])
def test_a_language_model_s_folder_is_known_by_its_configuration(name: str, models_dir: Path) -> None:
    folder = models_dir / name
    folder.mkdir()
    with pytest.raises(ModelUnavailable):
        find_weights(CATALOG[name], models_dir)
    (folder / "config.json").write_text("{}")
    assert find_weights(CATALOG[name], models_dir) == LocalWeights(folder)
