from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.small import BUILDERS
from shared.model_variants import MODEL_SETS


def test_every_variant_the_answers_may_name_is_in_the_catalog() -> None:
    named = {(family, variant.name) for models in MODEL_SETS.values() for family, variant in models.items()}

    assert named <= {(entry.family, entry.name) for entry in CATALOG.values()}


def test_entries_are_found_by_their_own_name() -> None:
    assert all(name == entry.name for name, entry in CATALOG.items())


def test_what_no_hub_holds_is_built_by_code() -> None:
    assert {entry.name for entry in CATALOG.values() if entry.repo_id is None} == set(BUILDERS)


def test_every_entry_names_its_licence_and_its_memory() -> None:
    assert all(entry.licence and entry.memory_gib > 0 for entry in CATALOG.values())


def test_nothing_under_a_non_commercial_licence_is_in_the_catalog() -> None:
    assert not any("NC" in entry.licence or "non-commercial" in entry.licence.lower() for entry in CATALOG.values())
