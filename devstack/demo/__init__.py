"""``make demo``: the main job as a user meets it, in a stack of its own that is gone afterwards."""
