"""The test double: a set of paths that exist, and the bytes of what was uploaded."""

from collections.abc import Sequence


class MemoryStorage:
    """``Storage`` whose URLs name bucket and path; ``objects`` holds (bucket, path) of what exists."""

    def __init__(self) -> None:
        self.objects: set[tuple[str, str]] = set()
        self.uploaded: dict[tuple[str, str], tuple[bytes, str]] = {}
        """By (bucket, path): bytes and content type of what ``upload`` put there."""

    async def sign_uploads(self, bucket: str, paths: Sequence[str]) -> dict[str, str]:
        return {path: f"https://storage.test/{bucket}/{path}?upload" for path in paths}

    async def sign_downloads(self, bucket: str, paths: Sequence[str], seconds: int) -> dict[str, str]:
        return {
            path: f"https://storage.test/{bucket}/{path}?seconds={seconds}"
            for path in paths
            if (bucket, path) in self.objects
        }

    async def copy(self, bucket: str, path: str, to_bucket: str, to_path: str) -> bool:
        if (bucket, path) not in self.objects:
            return False
        self.objects.add((to_bucket, to_path))
        return True

    async def upload(self, bucket: str, path: str, data: bytes, content_type: str) -> None:
        self.objects.add((bucket, path))
        self.uploaded[bucket, path] = (data, content_type)

    async def remove(self, bucket: str, paths: Sequence[str]) -> None:
        self.objects.difference_update((bucket, path) for path in paths)

    async def aclose(self) -> None:
        self.objects.clear()
