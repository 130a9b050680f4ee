"""The chat worker: ``python -m gpu_handler.workers.chat``. Its messages are ``shared/worker_messages.py``."""
