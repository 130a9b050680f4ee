"""The contract both sides of the queue sign: job types, messages, queue, storage paths, tokens, error codes."""
