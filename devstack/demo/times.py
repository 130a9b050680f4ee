"""Where the time of a job went, in seconds."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Final, Self

from rich import box
from rich.table import Table

from devstack.demo.results import Result


@dataclass(frozen=True, slots=True)
class Times:
    """``submit`` is by the client's clock, ``wait`` and ``total`` by the database's, the rest by the worker's."""

    submit: float
    wait: float
    """From the row's creation to the claim."""
    load: float
    generate: float
    upload: float
    """What was left to upload when the last picture was drawn."""
    callback: float
    """The rest of the time at the worker: the answer to its claim, and its reports."""
    total: float
    """From the row's creation to its end."""

    @classmethod
    def of(cls, result: Result) -> Self | None:
        """``None`` for a job that is not completed: nobody knows where its time went."""
        row = result.row
        if row.status != "completed" or row.started_at is None or row.completed_at is None:
            return None
        seconds = row.metadata["worker"]["stage_seconds"]
        load, generate, upload = (float(seconds.get(stage, 0.0)) for stage in ("load", "generate", "upload_wait"))
        working = (row.completed_at - row.started_at).total_seconds()
        return cls(
            submit=result.submission.seconds,
            wait=(row.started_at - row.created_at).total_seconds(),
            load=load,
            generate=generate,
            upload=upload,
            callback=max(0.0, working - load - generate - upload),
            total=(row.completed_at - row.created_at).total_seconds(),
        )


COLUMNS: Final = tuple(field.name for field in fields(Times))


def cells(times: Times | None) -> list[str]:
    """One for each of ``COLUMNS``."""
    return ["-"] * len(COLUMNS) if times is None else [f"{seconds:.2f}" for seconds in astuple(times)]


def times_table(results: Sequence[Result]) -> Table:
    table = Table("", "job", title="Where the time went", title_justify="left", box=box.SIMPLE_HEAD)
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for number, result in enumerate(results, start=1):
        table.add_row(str(number), result.submission.job.label, *cells(Times.of(result)))
    return table


def note(results: Sequence[Result]) -> str:
    """What the table cannot say."""
    workers = [result.row.metadata["worker"] for result in results if Times.of(result)]
    loading = {worker["model_variant"]: worker["model_load_seconds"] for worker in workers}
    each = ", ".join(f"{name} in {seconds:.2f}" for name, seconds in loading.items())
    return (
        f"Seconds. The worker loaded its models before it took its first job, {each or '-'}: "
        "part of the first jobs' wait. While a batch's next picture is drawn, the one before is uploaded: "
        "upload is what was left when all were drawn."
    )
