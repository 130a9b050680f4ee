"""What the makers of the project run: the trainer of the demo model. Nothing that is deployed imports it."""
