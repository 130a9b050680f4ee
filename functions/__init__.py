"""The edge functions, one folder each, and the floor they stand on (``edge/``)."""
