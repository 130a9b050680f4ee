"""What goes wrong in a call of a worker, in the seam's two errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx
from pydantic import ValidationError

from functions.edge.workers.protocol import WorkerFailed, WorkerTimeout

NOT_AGREED: Final = "its answer is not what was agreed"
MOST_BYTES: Final = 1_000_000
"""Of an answer, or of one event of it: a worker that has gone astray does not fill our memory."""


@contextmanager
def told(seconds: float) -> Iterator[None]:
    """Raises ``WorkerTimeout`` and ``WorkerFailed`` for what the client raises; nothing of the answer is in them."""
    try:
        yield
    except (TimeoutError, httpx.TimeoutException):
        raise WorkerTimeout(seconds) from None
    except httpx.HTTPStatusError as error:
        raise WorkerFailed(f"it answered {error.response.status_code}") from None
    except httpx.HTTPError as error:
        raise WorkerFailed(f"it cannot be reached: {type(error).__name__}") from None
    except ValidationError:
        raise WorkerFailed(NOT_AGREED) from None
