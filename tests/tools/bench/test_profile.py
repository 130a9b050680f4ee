from itertools import chain

import pytest

from tools.bench.profile import AREAS, REST, shares
from tools.bench.report import ROOT

SERVER = "/site-packages/uvicorn/server.py:Server.serve"
HANDLER = "/here/functions/queue_job/handler.py:queue_job"


def test_a_sample_belongs_to_the_seam_that_was_called_not_to_the_library_below() -> None:
    push = [SERVER, HANDLER, "/here/shared/queue/upstash.py:push", "/site-packages/aiohttp/client.py:_request"]
    found = shares([(push, 3), ([SERVER, HANDLER], 1)])
    assert (found["the push to Redis"], found["the handler's own work"]) == (0.75, 0.25)


def test_what_belongs_nowhere_is_the_server_s() -> None:
    assert shares([([SERVER], 2)])[REST] == 1


def test_every_area_has_a_share() -> None:
    found = shares([([SERVER], 1)])
    assert set(found) == {*AREAS, REST}
    assert sum(found.values()) == 1


@pytest.mark.parametrize("mark", [*chain(*AREAS.values())])
def test_the_project_s_own_marks_name_files_that_are_there(mark: str) -> None:
    """A folder that moves would move its time to another area without a word."""
    if mark.startswith(("/functions/", "/shared/")):
        assert (ROOT / mark.strip("/")).exists()
