"""What a generator does when an output does not fit into the accelerator's memory."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from gpu_handler.failures import is_out_of_memory

_Drawn = TypeVar("_Drawn")


def within_memory(
    draw: Callable[[], _Drawn], saving: Callable[[], AbstractContextManager[None]]
) -> tuple[_Drawn, bool]:
    """``draw``, and where memory runs out once more while ``saving``; and whether that was needed."""
    try:
        return draw(), False
    except Exception as error:
        if not is_out_of_memory(error):
            raise
    # Here, and not above: an exception in flight holds the tensors of every frame it came through.
    with saving():
        return draw(), True
