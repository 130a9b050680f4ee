"""One arena for the tests that change it, and the client of its users."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.chaos.arena import Arena, opened_arena


@pytest.fixture(scope="module")
async def arena() -> AsyncIterator[Arena]:
    async with opened_arena() as arena:
        yield arena


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http
