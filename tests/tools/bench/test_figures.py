from tools.bench.figures import Round, Series, percentile


def series() -> Series:
    """Two rounds: four calls in 2 s, six calls in 3 s."""
    series = Series()
    series.add(Round(2.0, [0.1, 0.2, 0.3, 0.4]), {"functions": 0.5, "load": 0.25})
    series.add(Round(3.0, [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]), {"functions": 1.5, "load": 0.25})
    return series


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(values, percent) for percent in (20, 50, 95, 100)] == [1.0, 3.0, 5.0, 5.0]


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 50) == percentile([7.0], 95) == 7.0


def test_the_rate_is_over_all_rounds() -> None:
    assert series().per_second == 10 / 5


def test_percentiles_are_over_the_calls_of_all_rounds() -> None:
    assert (series().percentile(50), series().percentile(95)) == (0.5, 1.0)


def test_cpu_time_is_shared_by_all_calls() -> None:
    assert (series().cpu_per_call("functions"), series().all_cpu_per_call) == (0.2, 0.25)
