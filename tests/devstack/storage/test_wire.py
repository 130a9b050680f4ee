"""Values in JSON."""

import json
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from devstack.storage.wire import JsonResponse, now, timestamp


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))])
def test_a_timestamp_is_utc_in_milliseconds(zone: timezone) -> None:
    moment = datetime(2026, 1, 31, 8, 0, 0, 123456, UTC).astimezone(zone)
    assert timestamp(moment) == "2026-01-31T08:00:00.123Z"


def test_now_reads_back_as_a_moment() -> None:
    assert datetime.fromisoformat(now()).tzinfo == UTC


def test_rows_become_json() -> None:
    row = {"id": uuid.UUID(int=1), "created_at": datetime(2026, 1, 31, tzinfo=UTC), "metadata": {"size": 1}}
    assert json.loads(bytes(JsonResponse([row]).body)) == [
        {
            "id": "00000000-0000-0000-0000-000000000001",
            "created_at": "2026-01-31T00:00:00.000Z",
            "metadata": {"size": 1},
        }
    ]


def test_what_has_no_form_in_json_is_an_error() -> None:
    with pytest.raises(TypeError, match="bytes"):
        JsonResponse(b"")
