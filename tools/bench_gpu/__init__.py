"""What the generators cost on a GPU: ``python -m tools.bench_gpu``.

The architectures have their real sizes and random weights: no timing depends on a weight's value. Without a GPU they
are tiny, and the table says that nothing was measured.
"""
