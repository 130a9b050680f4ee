"""Where a page ended, as text and back."""

import re
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.assets.cursor import CURSOR_PATTERN, Cursor

ID = "0b7b9f52-58a6-4ee6-8fd6-6f0d1ae6a0c1"
times = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(5000, 1, 1)).map(
    lambda time: time.replace(tzinfo=UTC)
)


@given(times, st.uuids())
def test_a_cursor_keeps_microsecond_and_id_and_passes_through_a_url(created_at: datetime, asset_id: UUID) -> None:
    cursor = Cursor(created_at, asset_id)
    assert Cursor.parse(str(cursor)) == cursor
    assert re.match(CURSOR_PATTERN, str(cursor))
    assert quote(str(cursor)) == str(cursor)


def test_it_is_made_of_a_row_as_sql_gives_it() -> None:
    cursor = Cursor.after({"created_at": "2026-11-21T12:00:00.123456+00:00", "id": ID})
    assert cursor == Cursor(datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC), UUID(ID))


@pytest.mark.parametrize("text", ["", "1", f"1_{ID}x", f"-1_{ID}", f"{'9' * 18}_{ID}", f"1_{ID.replace('-', '')}"])
def test_other_texts_are_none(text: str) -> None:
    assert re.match(CURSOR_PATTERN, text) is None
