"""What every test may ask for; the themes lie in ``tests/fixtures/``."""

pytest_plugins = [
    "tests.fixtures.stack",
    "tests.fixtures.users",
    "tests.fixtures.database",
    "tests.fixtures.functions",
    "tests.fixtures.lifecycle",
    "tests.fixtures.sweeping",
    "tests.fixtures.live",
    "tests.fixtures.generators",
]
