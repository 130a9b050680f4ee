"""Where a catalog entry's weights lie. Nothing is downloaded, and torch is not needed to find that they are missing."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models.catalog import CatalogEntry


@contextmanager
def weights(entry: CatalogEntry, models_dir: Path | None) -> Iterator[Path]:
    """The folder to load from. Raises ``ModelUnavailable`` with what to set.

    A model built by code gets a folder that is gone after loading, so none is ever stale.
    """
    if entry.repo_id is not None:
        yield _find(entry.name, entry.repo_id, models_dir)
        return
    from gpu_handler.models.small import BUILDERS

    with tempfile.TemporaryDirectory(prefix=f"{entry.name}-") as folder:
        BUILDERS[entry.name](Path(folder))
        yield Path(folder)


def _find(name: str, repo_id: str, models_dir: Path | None) -> Path:
    if models_dir is not None and (models_dir / name / "model_index.json").is_file():
        return models_dir / name
    try:
        return Path(snapshot_download(repo_id, local_files_only=True))
    except LocalEntryNotFoundError:
        raise ModelUnavailable(
            f"The weights of {name} are missing: put {repo_id} into the folder {name} under MODELS_DIR "
            "or into the Hugging Face cache (HF_HOME), or set MODELS=demo."
        ) from None
