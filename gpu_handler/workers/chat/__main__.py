"""``python -m gpu_handler.workers.chat``: serve until SIGTERM or SIGINT."""

import asyncio
import logging
import signal
import sys
import threading
from typing import Final

import uvicorn

from gpu_handler.failures import ModelUnavailable
from gpu_handler.generators.chat.generator import ChatGenerator
from gpu_handler.http import new_client
from gpu_handler.models.catalog import CATALOG
from gpu_handler.models.weights import find_weights
from gpu_handler.settings import SettingsError, read_settings
from gpu_handler.stopping import STOP_SIGNALS
from gpu_handler.workers.chat.app import capabilities, create_app
from gpu_handler.workers.chat.settings import ChatSettings
from gpu_handler.workers.registration import Registration

_GRACE_SECONDS: Final = 10
"""How long an answer under way may go on after the signal."""

_logger = logging.getLogger(__name__)


async def serve(settings: ChatSettings) -> None:
    """Raises ``ModelUnavailable`` where there is nothing to serve with, before anything is served."""
    entry = CATALOG[settings.model]
    find_weights(entry, settings.models_dir)
    generator = ChatGenerator(entry, settings.models_dir)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings, generator),
            host=settings.chat_host,
            port=settings.chat_port,
            ws="none",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    stop = threading.Event()
    # Health is answered while the model is loaded; the functions learn of the worker when it is.
    beside = asyncio.create_task(_load_and_register(settings, generator, stop))
    beside.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        await server.serve()
    finally:
        stop.set()
        await beside


async def _load_and_register(settings: ChatSettings, generator: ChatGenerator, stop: threading.Event) -> None:
    await asyncio.to_thread(generator.load)
    _logger.info("Ready: %s on %s.", generator.variant, generator.device)
    if settings.functions_url is None:
        await asyncio.to_thread(stop.wait)
        return
    with new_client() as client:
        registration = Registration(
            client,
            f"{str(settings.functions_url).rstrip('/')}/register-chat-worker",
            settings.worker_secret,
            {
                "worker_url": settings.url,
                "worker_id": settings.worker_id,
                "worker_type": "chat",
                "auto_registered": True,
                "registration_method": "self",
                "capabilities": capabilities(generator),
            },
        )
        await asyncio.to_thread(registration.keep, stop)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # The server stops on these, and then passes them on to what was there before, which would end us half-way.
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: None)
    try:
        asyncio.run(serve(read_settings(ChatSettings)))
    except (SettingsError, ModelUnavailable) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
