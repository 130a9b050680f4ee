"""The storage seam: sign URLs, copy and remove objects. No function ever moves bytes."""

from functions.edge.storage.memory import MemoryStorage
from functions.edge.storage.protocol import Storage, StorageUnavailable
from functions.edge.storage.supabase import SupabaseStorage

__all__ = ["MemoryStorage", "Storage", "StorageUnavailable", "SupabaseStorage"]
