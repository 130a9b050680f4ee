"""One attempt at a job: claimed, worked on beside a heartbeat, delivered, ended."""
