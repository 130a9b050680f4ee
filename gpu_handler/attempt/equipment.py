"""What every attempt of a worker works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from gpu_handler.callback import JobCallback
from gpu_handler.classification import OutputClassifier
from gpu_handler.failures import ModelUnavailable
from gpu_handler.fetching import PictureFetcher
from gpu_handler.generators.protocol import Generator, Writer
from gpu_handler.storage import ObjectStorage
from shared.job_types import Family

_Model = TypeVar("_Model", Generator, Writer)


@dataclass(frozen=True, slots=True)
class Equipment:
    worker_id: str
    callback: JobCallback
    storage: ObjectStorage
    generators: Mapping[Family, Generator]
    fetcher: PictureFetcher
    classifier: OutputClassifier
    writer: Writer | None = None


def loaded(generator: _Model) -> _Model:
    """Raises ``ModelUnavailable``, whatever went wrong."""
    try:
        generator.load()
    except ModelUnavailable:
        raise
    except Exception as error:
        raise ModelUnavailable(f"{generator.variant} could not be loaded: {error}") from error
    return generator
