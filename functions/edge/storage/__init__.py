"""The storage seam: sign URLs, put, copy and remove objects. Only references, which are checked, pass a function."""

from functions.edge.storage.memory import MemoryStorage
from functions.edge.storage.protocol import Storage, StorageUnavailable
from functions.edge.storage.supabase import SupabaseStorage

__all__ = ["MemoryStorage", "Storage", "StorageUnavailable", "SupabaseStorage"]
