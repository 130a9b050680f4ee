"""What every test may ask for; the themes lie in ``tests/fixtures/``."""

from hypothesis import settings

# How long an example takes is the machine's business.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

pytest_plugins = [
    "tests.fixtures.stack",
    "tests.fixtures.users",
    "tests.fixtures.database",
    "tests.fixtures.functions",
    "tests.fixtures.lifecycle",
    "tests.fixtures.sweeping",
    "tests.fixtures.library",
    "tests.fixtures.live",
    "tests.fixtures.generators",
    "tests.fixtures.workers",
    "tests.fixtures.chat",
]
