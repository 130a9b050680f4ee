import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from gpu_handler.http import Unreachable, send
from gpu_handler.retry import Unavailable
from tests.fixtures.job_site import JobSite, Trouble

TIMEOUT = httpx.Timeout(5.0)


def put(client: httpx.Client, site: JobSite, timeout: httpx.Timeout = TIMEOUT) -> httpx.Response:
    url = f"{site.base_url}/storage/v1/object/upload/sign/workspace-temp/a.png?token=signed-url-secret"
    return send(client, "PUT", url, timeout, content=b"bytes", headers={"x-upsert": "false", "content-type": "a/b"})


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 409, 422])
def test_an_answer_that_will_not_change_is_returned(client: httpx.Client, site: JobSite, status: int) -> None:
    site.troubles["put"].append(Trouble(status))

    assert put(client, site).status_code == status


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_trouble_is_unavailable(client: httpx.Client, site: JobSite, status: int) -> None:
    site.troubles["put"].append(Trouble(status))

    with pytest.raises(Unavailable, match=f"HTTP {status}") as raised:
        put(client, site)
    assert raised.value.retry_after is None


def test_retry_after_in_seconds_is_kept(client: httpx.Client, site: JobSite) -> None:
    site.troubles["put"].append(Trouble(429, {"retry-after": "7"}))

    with pytest.raises(Unavailable) as raised:
        put(client, site)
    assert raised.value.retry_after == 7


def test_retry_after_as_a_date_is_turned_into_seconds(client: httpx.Client, site: JobSite) -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    site.troubles["put"].append(Trouble(503, {"retry-after": in_a_minute}))

    with pytest.raises(Unavailable) as raised:
        put(client, site)
    assert raised.value.retry_after is not None
    assert 50 < raised.value.retry_after <= 60


@pytest.mark.parametrize("value", ["soon", "", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"])
def test_a_retry_after_that_says_nothing_counts_for_nothing(client: httpx.Client, site: JobSite, value: str) -> None:
    site.troubles["put"].append(Trouble(429, {"retry-after": value}))

    with pytest.raises(Unavailable) as raised:
        put(client, site)
    assert raised.value.retry_after is None


def test_a_server_that_is_not_there_is_unreachable(client: httpx.Client) -> None:
    with pytest.raises(Unreachable):
        send(client, "GET", "http://127.0.0.1:1/?token=signed-url-secret", TIMEOUT)


def test_an_answer_that_takes_too_long_is_unreachable(client: httpx.Client, site: JobSite) -> None:
    site.troubles["put"].append(Trouble(200, seconds=0.3))

    with pytest.raises(Unreachable, match="ReadTimeout"):
        put(client, site, httpx.Timeout(0.1))


def test_no_signed_url_reaches_the_log(client: httpx.Client, site: JobSite, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        put(client, site)

    assert "signed-url-secret" not in caplog.text


def test_no_signed_url_is_in_the_trouble_s_text(client: httpx.Client, site: JobSite) -> None:
    site.troubles["put"].append(Trouble(503))

    with pytest.raises(Unavailable) as raised:
        put(client, site)
    assert "signed-url-secret" not in str(raised.value)
