"""The first table: submissions through HTTP, one after the other and at once, beside their floor."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import cycle, islice
from typing import Final

from tools.bench.connection import post
from tools.bench.cpu import Meter
from tools.bench.figures import Round, Series
from tools.bench.floor import Floor
from tools.bench.functions import Functions
from tools.bench.load import load
from tools.bench.site import Site
from tools.bench.users import User

ROUNDS: Final = 8
ONE_BY_ONE: Final = 100
AT_ONCE: Final = 200
CONCURRENCY: Final = 16
WINDOW: Final = 1000
"""So wide that every submission is handed out, and so pushed."""
FLOOR: Final = "floor"
BODY: Final = {
    "job_type": "sdxl_image_fast",
    "prompt": "a red circle on a blue background, soft morning light, film grain, shallow depth of field, 35 mm",
}

Submits = Mapping[tuple[str, int], Series]
"""By name (the floor, or a database's) and concurrency."""
Work = Callable[[], Awaitable[Round]]


def requests(url: str, api_key: str, users: Sequence[User], count: int) -> list[bytes]:
    """Each of the next user, with the headers of supabase-js."""
    headers = {"apikey": api_key, "x-client-info": "supabase-js-node/2.80.0"}
    return [
        post(f"{url}/queue-job", BODY, {**headers, "authorization": f"Bearer {user.token}"})
        for user in islice(cycle(users), count)
    ]


async def measure(site: Site, functions: Mapping[str, Functions], api_key: str, meter: Meter) -> Submits:
    works: dict[tuple[str, int], Work] = {}
    for database, each in functions.items():
        for count, concurrency in ((ONE_BY_ONE, 1), (AT_ONCE, CONCURRENCY)):
            works[database, concurrency] = _through(each.url, api_key, site.users, count, concurrency)
        # Pools filled, code loaded, plans made.
        await site.clear(WINDOW)
        await works[database, CONCURRENCY]()
    floor = await Floor.after(site)
    works = {(FLOOR, 1): lambda: floor.submit(ONE_BY_ONE), **works}

    series = {name: Series() for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            await site.clear(WINDOW)
            before = meter.read()
            series[name].add(await work(), meter.since(before))
    return series


def _through(url: str, api_key: str, users: Sequence[User], count: int, concurrency: int) -> Work:
    ready = requests(url, api_key, users, count)
    return lambda: load(url, ready, concurrency)
