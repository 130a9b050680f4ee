"""Where a catalog entry's weights lie. Nothing is downloaded, and torch is not needed to find that they are missing."""

from dataclasses import dataclass, field
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from gpu_handler.failures import ModelUnavailable
from gpu_handler.models.catalog import CATALOG, Built, Bundled, CatalogEntry, Checkpoint, HubRepo


@dataclass(frozen=True, slots=True)
class LocalWeights:
    """``path`` is a folder as diffusers or transformers save theirs, or a checkpoint to be read with ``config``."""

    path: Path
    config: Path | None = None
    """The folder with the configuration and the tokenizers; its weights, if it has any, are not read."""
    origin: str = field(default="", compare=False)
    """What is told of them with each output: repository and commit, or how little is known."""


def find_weights(entry: CatalogEntry, models_dir: Path | None) -> LocalWeights:
    """Look under ``models_dir``, then where the entry says. Raises ``ModelUnavailable`` with what to set."""
    if models_dir is not None and (models_dir / entry.name / entry.index).is_file():
        return LocalWeights(models_dir / entry.name, origin="a folder of MODELS_DIR")
    match entry.source:
        case Bundled(folder):
            return LocalWeights(Path(__file__).parent / folder, origin="bundled")
        case HubRepo(repo_id, revision):
            return LocalWeights(_cached(entry, repo_id, revision), origin=f"{repo_id}@{revision}")
        case Built(command):
            raise ModelUnavailable(f"{entry.name} is missing: set MODELS_DIR, and build it with {command} MODELS_DIR.")
        case Checkpoint(file, architecture):
            if models_dir is None or not (models_dir / file).is_file():
                raise ModelUnavailable(f"The weights of {entry.name} are missing: put {file} into MODELS_DIR.")
            try:
                config = find_weights(CATALOG[architecture], models_dir).path
            except ModelUnavailable as error:
                raise ModelUnavailable(
                    f"{entry.name} needs the json and txt files of {architecture}. {error}"
                ) from None
            return LocalWeights(models_dir / file, config, origin=file)


def _cached(entry: CatalogEntry, repo_id: str, revision: str) -> Path:
    # Not by the snapshot: of that the library wants every file, and a repository has its weights in many formats.
    index = try_to_load_from_cache(repo_id, entry.index, revision=revision)
    if isinstance(index, str):
        return Path(index.removesuffix(entry.index))
    raise ModelUnavailable(
        f"The weights of {entry.name} are missing: put {repo_id} into the folder {entry.name} under MODELS_DIR, or its "
        f"revision {revision} into the Hugging Face cache (HF_HOME), or set MODELS=demo."
    )
