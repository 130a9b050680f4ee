"""What a submission, a claim, a report and a completion cost: ``make bench``, written down in ``docs/bench.md``."""
