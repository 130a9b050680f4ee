"""The seam to Storage: signed upload URLs, one object each."""

from gpu_handler.storage.http import HttpObjectStorage
from gpu_handler.storage.memory import MemoryObjectStorage
from gpu_handler.storage.protocol import ObjectStorage, StorageRefused

__all__ = ["HttpObjectStorage", "MemoryObjectStorage", "ObjectStorage", "StorageRefused"]
