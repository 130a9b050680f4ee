import json
import re
from pathlib import Path

import pytest

from gpu_handler.models import catalog
from gpu_handler.models.catalog import CATALOG, Built, Bundled, CatalogEntry, Checkpoint, HubRepo
from shared.model_variants import MODEL_SETS
from shared.schedulers import SCHEDULERS

COMPANIONS = {entry.companion for entry in CATALOG.values()} - {None}
"""What reads references for another entry, and is no model by itself."""
ALL = pytest.mark.parametrize("entry", CATALOG.values(), ids=CATALOG)


def holding(kind: type) -> pytest.MarkDecorator:
    entries = {name: entry for name, entry in CATALOG.items() if isinstance(entry.source, kind)}
    return pytest.mark.parametrize("entry", entries.values(), ids=entries)


def files(entry: CatalogEntry) -> list[Path]:
    """Of a bundled entry."""
    return [file for file in folder(entry).rglob("*") if file.is_file()]


def folder(entry: CatalogEntry) -> Path:
    return Path(catalog.__file__).parent / entry.source.folder


def test_every_variant_the_answers_may_name_is_in_the_catalog() -> None:
    named = {(family, variant.name) for models in MODEL_SETS.values() for family, variant in models.items()}

    assert named <= {(entry.family, entry.name) for entry in CATALOG.values()}


def test_entries_are_found_by_their_own_name() -> None:
    assert all(name == entry.name for name, entry in CATALOG.items())


def test_a_model_of_every_kind_of_source_is_in_the_catalog() -> None:
    assert {type(entry.source) for entry in CATALOG.values()} == {Bundled, HubRepo, Checkpoint, Built}


@holding(HubRepo)
def test_a_repository_is_named_at_a_whole_commit(entry: CatalogEntry) -> None:
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.source.repo_id)
    assert re.fullmatch(r"[0-9a-f]{40}", entry.source.revision)


@holding(Checkpoint)
def test_a_checkpoint_is_a_safetensors_file_right_under_the_folder(entry: CatalogEntry) -> None:
    assert re.fullmatch(r"[\w.-]+\.safetensors", entry.source.file)


@holding(Checkpoint)
def test_a_checkpoint_has_the_architecture_of_a_whole_pipeline_of_its_family(entry: CatalogEntry) -> None:
    architecture = CATALOG[entry.source.architecture]

    assert architecture.family == entry.family
    assert isinstance(architecture.source, HubRepo | Bundled)


@ALL
def test_every_entry_names_its_licence_and_its_memory(entry: CatalogEntry) -> None:
    assert entry.licence
    assert entry.memory_gib > 0


@ALL
def test_what_draws_names_a_scheduler_there_is_and_nothing_else_names_one(entry: CatalogEntry) -> None:
    draws_nothing = entry.family == "chat" or entry.name in COMPANIONS
    assert entry.scheduler in ([None] if draws_nothing else SCHEDULERS)


@pytest.mark.parametrize("name", sorted(COMPANIONS))
def test_a_companion_is_in_the_catalog_for_models_of_its_family(name: str) -> None:
    families = {entry.family for entry in CATALOG.values() if entry.companion == name}

    assert families == {CATALOG[name].family}


def test_an_adapter_s_file_for_faces_is_another_one() -> None:
    (adapter,) = [entry.adapter for entry in CATALOG.values() if entry.adapter]

    assert adapter.general != adapter.face
    assert adapter.style != adapter.composition


@ALL
def test_nothing_under_a_non_commercial_licence_is_in_the_catalog(entry: CatalogEntry) -> None:
    assert not re.search(r"\bNC\b|non-?commercial", entry.licence, re.IGNORECASE)


@holding(Bundled)
def test_a_bundled_folder_holds_a_pipeline_with_all_its_parts(entry: CatalogEntry) -> None:
    assert (folder(entry) / entry.index).is_file()
    if entry.family == "chat":
        assert {"config.json", "tokenizer.json", "chat_template.jinja"} <= {file.name for file in files(entry)}
        return
    if entry.name in COMPANIONS:
        return
    index = json.loads((folder(entry) / entry.index).read_text())
    assert index["_class_name"] == {"sdxl": "StableDiffusionXLPipeline", "wan": "WanPipeline"}[entry.family]
    named = {part for part, value in index.items() if isinstance(value, list) and value[0]}
    assert named == {path.name for path in folder(entry).iterdir() if path.is_dir()}


@holding(Bundled)
def test_bundled_weights_are_safetensors_with_no_code_beside_them(entry: CatalogEntry) -> None:
    card = {"README.md", "sheet.png"}
    assert {file.suffix for file in files(entry) if file.name not in card} - {".jinja"} == {".json", ".safetensors"}


@holding(Bundled)
def test_a_bundled_model_is_small_enough_for_the_repository(entry: CatalogEntry) -> None:
    assert sum(file.stat().st_size for file in files(entry)) < 10_000_000


@holding(Bundled)
def test_a_bundled_model_needs_at_least_the_memory_of_its_weights(entry: CatalogEntry) -> None:
    assert entry.memory_gib * 2**30 > sum(file.stat().st_size for file in files(entry))
