"""The worker of a plain machine: ``python -m gpu_handler.pull`` serves its queues until SIGTERM or SIGINT."""

import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Final

from gpu_handler.consumer import Consumer
from gpu_handler.failures import ModelUnavailable
from gpu_handler.parts import Parts
from gpu_handler.settings import QueueSettings, SettingsError, read_settings
from gpu_handler.stopping import STOP_SIGNALS
from shared.queue import QueueError

IDLE_FIRST_SECONDS: Final = 0.25
IDLE_LIMIT_SECONDS: Final = 2.0
IDLE_LIMIT_WAN_SECONDS: Final = 5.0
"""Where videos alone are served, a few seconds more do not matter."""

_logger = logging.getLogger(__name__)


class Pull:
    """Serve for ever. An empty queue and one that does not answer are asked ever less often, up to a limit."""

    def __init__(self, consumer: Consumer, queues: Sequence[str]) -> None:
        self._consumer = consumer
        self._limit = IDLE_LIMIT_WAN_SECONDS if set(queues) == {"wan_queue"} else IDLE_LIMIT_SECONDS
        self._idle = IDLE_FIRST_SECONDS
        self._outage = False

    def run(self) -> None:
        """Raises ``ModelUnavailable`` where there is nothing to serve with."""
        self._consumer.load()
        _logger.info("Ready.")
        while not self._consumer.stopping.is_set():
            if self._serve_one():
                self._idle = IDLE_FIRST_SECONDS
            else:
                self._consumer.stopping.wait(self._idle)
                self._idle = min(2 * self._idle, self._limit)

    def stop(self) -> None:
        self._consumer.stop()

    def _serve_one(self) -> bool:
        try:
            served = self._consumer.serve_one() is not None
        except QueueError as error:
            if not self._outage:
                _logger.warning("%s; trying on.", error)
            self._outage = True
            return False
        if self._outage:
            _logger.info("The queue answers again.")
        self._outage = False
        return served


async def _serve(pull: Pull) -> None:
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        # In a thread of its own: handing back takes a call, and the generator's thread is busy.
        loop.add_signal_handler(number, loop.run_in_executor, None, pull.stop)
    await asyncio.to_thread(pull.run)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = read_settings(QueueSettings)
        with closing(Parts(settings)) as parts, parts.consumer(settings, settings.queues) as consumer:
            asyncio.run(_serve(Pull(consumer, settings.queues)))
    except (SettingsError, ModelUnavailable) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
