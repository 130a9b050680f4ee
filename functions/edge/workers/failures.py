"""What goes wrong in a call of a worker, in the seam's two errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from pydantic import ValidationError

from functions.edge.workers.protocol import WorkerFailed, WorkerTimeout

NOT_AGREED = "its answer is not what was agreed"


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
