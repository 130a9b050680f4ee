"""What became of the submissions: rows, and pictures in a folder."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from devstack.demo.rows import AssetRow, JobRow
from devstack.demo.user import Submission, User

NAME_LIMIT: Final = 60
"""Characters of a prompt in a file's name; file systems end at 255 bytes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A downloaded file and what is known of it. ``still`` is a video's thumbnail, or the picture itself."""

    path: Path
    asset: AssetRow
    still: Path

    @property
    def is_video(self) -> bool:
        return self.asset.mime_type == "video/mp4"


@dataclass(frozen=True, slots=True)
class Result:
    """A job that has ended, or will not; one that is not completed has no pictures."""

    submission: Submission
    row: JobRow
    pictures: Sequence[Picture]

    @property
    def problem(self) -> str | None:
        """Why the job has no pictures, in one line."""
        match self.row:
            case JobRow(status="completed"):
                return None
            case JobRow(completed_at=None):
                return f"not ended, but {self.row.stage}"
            case _:
                return f"{self.row.status} ({self.row.error_code}): {self.row.error_message}"


def clear(folder: Path) -> None:
    """Remove what an earlier demo left there, and nothing else."""
    for pattern in ("[0-9][0-9]-*-seed-*.???*", "index.html", "sheet.png"):
        for path in folder.glob(pattern):
            path.unlink()


def download(user: User, submissions: Sequence[Submission], rows: Sequence[JobRow], folder: Path) -> list[Result]:
    """Fetch every picture there is; the files are numbered through."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = count(1)
    results = []
    for submission, row in zip(submissions, rows, strict=True):
        pictures = []
        for asset in user.assets(row.id):
            suffix = Path(asset.temp_storage_path).suffix
            path = folder / file_name(next(numbers), submission.job.name, asset.generation_seed, suffix)
            path.write_bytes(user.file(asset.temp_storage_path))
            still = path
            if asset.mime_type == "video/mp4":
                still = path.with_suffix(".webp")
                still.write_bytes(user.file(asset.thumbnail_path))
            pictures.append(Picture(path, asset, still))
        results.append(Result(submission, row, pictures))
    return results


def file_name(number: int, name: str, seed: int, suffix: str = ".png") -> str:
    """Such as ``01-red-star-on-blue-seed-7.png``."""
    words = re.sub(r"[^a-z0-9]+", "-", name.lower())[:NAME_LIMIT].strip("-")
    return f"{number:02}-{words}-seed-{seed}{suffix}"
