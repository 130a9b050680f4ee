"""What a RunPod job may ask for: to empty queues, or to run the one job it brings."""
