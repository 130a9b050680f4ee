"""Clients whose settings know every kind of credential."""

from collections.abc import AsyncIterator

import httpx
import pytest

from functions.edge.clients import Clients
from tests.fixtures.credentials import settings_of_an_older_project
from tests.fixtures.functions import doubled_clients


@pytest.fixture(scope="module")
async def clients() -> AsyncIterator[Clients]:
    async with httpx.AsyncClient() as http:
        yield doubled_clients(settings_of_an_older_project(), http)
