"""Draw an asset again from what is known of it: ``python -m tools.replay ASSET.json FILE``."""
