"""What makes the outputs: one generator a model family, behind one small protocol."""
