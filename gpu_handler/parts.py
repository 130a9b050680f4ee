"""What lives as long as the process, put together by its settings: one HTTP client, one generator a model family, one
language model."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gpu_handler.attempt.equipment import Equipment
from gpu_handler.callback import HttpJobCallback
from gpu_handler.classification import OpenNsfwClassifier
from gpu_handler.consumer import Consumer
from gpu_handler.fetching import PictureFetcher
from gpu_handler.generators.registry import generators_for, writer_for
from gpu_handler.http import new_client
from gpu_handler.settings import CallbackSettings, QueueSettings, WorkerSettings
from gpu_handler.storage import HttpObjectStorage
from gpu_handler.worker import Worker
from shared.queue.upstash import UpstashQueueReader


class Parts:
    """Close it to close the client."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._client = new_client()
        self.settings = settings
        self.fetcher = PictureFetcher(settings.reference_hosts)
        self.classifier = OpenNsfwClassifier()
        self.generators = generators_for(settings.models, settings.models_dir)
        self.writer = writer_for(settings.models, settings.models_dir)

    def worker(self, settings: CallbackSettings) -> Worker:
        """A worker that was not told to stop yet."""
        callback = HttpJobCallback(self._client, str(settings.job_callback_url))
        storage = HttpObjectStorage(self._client)
        equipment = Equipment(
            settings.worker_id, callback, storage, self.generators, self.fetcher, self.classifier, self.writer
        )
        return Worker(equipment)

    @contextmanager
    def consumer(self, settings: QueueSettings, queues: Sequence[str]) -> Iterator[Consumer]:
        """A consumer of the queues, with a connection of its own."""
        token = settings.upstash_redis_rest_token.get_secret_value()
        reader = UpstashQueueReader(str(settings.upstash_redis_rest_url).rstrip("/"), token)
        try:
            yield Consumer(reader, queues, self.worker(settings), str(settings.job_callback_url))
        finally:
            reader.close()

    def close(self) -> None:
        self._client.close()
        self.fetcher.close()
