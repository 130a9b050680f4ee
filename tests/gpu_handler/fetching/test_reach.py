"""Where a fetch may go: the attacks that a URL of a user's choice makes possible, each against a real server."""

import socket
from collections.abc import Sequence
from typing import Any

import pytest

from gpu_handler.fetching import PictureRefused
from gpu_handler.fetching.addresses import Address, resolve
from gpu_handler.http import Unreachable
from tests.fixtures.fetching import PUBLIC, Fetching
from tests.fixtures.picture_site import HOST, OTHER_HOST, SUBHOST, PictureSite, answer, redirection

INSIDE = (
    "https://169.254.169.254/latest/meta-data/iam/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://0251.0376.43518/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[fd00:ec2::254]/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0/",
    "https://[::1]/",
    "https://[fe80::1%25lo]/",
    "https://localhost/",
    "https://127。0。0。1/",
)


def test_a_picture_comes_as_it_is(fetching: Fetching) -> None:
    fetching.site.says(answer(200, "Content-Type: image/png", body=b"\x89PNG and more"))

    assert fetching.fetch(f"https://{HOST}/a%20b.png?x=1#there") == b"\x89PNG and more"
    assert fetching.site.requests[0].startswith(f"GET /a%20b.png?x=1 HTTP/1.1\r\nhost: {HOST}\r\n")


@pytest.mark.parametrize("url", INSIDE)
def test_no_address_inside_is_reached_however_it_is_spelled(fetching: Fetching, url: str) -> None:
    """With every host allowed, and with the system's own resolver."""
    with pytest.raises(PictureRefused, match="no public address"):
        fetching.fetch(url, hosts=("*",), resolve=resolve)
    assert fetching.network.asked == []


@pytest.mark.parametrize("url", [*INSIDE, "http://169.254.169.254/latest/meta-data/iam/"])
def test_no_redirection_leads_inside(fetching: Fetching, url: str) -> None:
    def names(host: str) -> Sequence[Address]:
        return fetching.names(host) if host == HOST else resolve(host)

    fetching.site.says(redirection(url.replace("。", ".")), answer(200, body=b"the machine's credentials"))

    with pytest.raises(PictureRefused):
        fetching.fetch(hosts=("*",), resolve=names)
    assert fetching.network.asked == [(PUBLIC, 443)]


class TestRebinding:
    def test_the_connection_goes_to_the_address_that_was_checked(self, fetching: Fetching) -> None:
        """A name that is public when it is checked, and inside when it is looked up once more."""
        fetching.names.answers[HOST] = [[PUBLIC], ["169.254.169.254"]]
        fetching.site.says(answer(200, body=b"picture"))

        assert fetching.fetch() == b"picture"
        assert fetching.names.asked == [HOST]
        assert fetching.network.asked == [(PUBLIC, 443)]

    def test_a_redirection_to_the_same_host_is_looked_up_and_checked_anew(self, fetching: Fetching) -> None:
        fetching.names.answers[HOST] = [[PUBLIC], ["169.254.169.254"]]
        fetching.site.says(redirection("/b.png"), answer(200, body=b"secret"))

        with pytest.raises(PictureRefused, match="no public address"):
            fetching.fetch()
        assert fetching.network.asked == [(PUBLIC, 443)]

    def test_one_address_inside_refuses_the_name(self, fetching: Fetching) -> None:
        fetching.names.answers[HOST] = [[PUBLIC, "10.0.0.1"]]

        with pytest.raises(PictureRefused, match="no public address"):
            fetching.fetch()
        assert fetching.network.asked == []

    def test_the_next_address_is_tried_where_one_does_not_answer(self, fetching: Fetching) -> None:
        fetching.names.answers[HOST] = [["2606:4700:4700::1111", PUBLIC]]
        fetching.network.dead.add("2606:4700:4700::1111")
        fetching.site.says(answer(200, body=b"picture"))

        assert fetching.fetch() == b"picture"
        assert fetching.network.asked == [("2606:4700:4700::1111", 443), (PUBLIC, 443)]


class TestTls:
    def test_the_server_is_asked_for_by_its_name(self, fetching: Fetching) -> None:
        fetching.site.says(answer(200, body=b"picture"))

        fetching.fetch()

        assert fetching.site.names == [HOST]

    def test_a_server_without_a_certificate_for_the_name_is_refused(self, fetching: Fetching) -> None:
        fetching.site.says(answer(200, body=b"picture"))

        with pytest.raises(PictureRefused, match="no valid certificate"):
            fetching.fetch("https://stranger.example/a.png")
        assert fetching.site.requests == []

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, fetching: Fetching) -> None:
        fetching.site.says(answer(200, body=b"picture"))

        with pytest.raises(PictureRefused, match="no valid certificate"):
            fetching.fetch(trust=None)
        assert fetching.site.requests == []


class TestUrls:
    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            (f"http://{HOST}/a.png", "begins with https"),
            (f"ftp://{HOST}/a.png", "begins with https"),
            (f"https://{HOST}:8443/a.png", "names no port"),
            (f"https://{HOST}:80/a.png", "names no port"),
            (f"https://user:password@{HOST}/a.png", "URL is not valid"),
            (f"https://elsewhere.test\\@{HOST}/a.png", "URL is not valid"),
            ("https:///a.png", "URL is not valid"),
            ("file:///etc/passwd", "URL is not valid"),
            ("data:image/png;base64,AAAA", "URL is not valid"),
            ("a.png", "URL is not valid"),
            ("", "URL is not valid"),
            (f"https://{HOST}/\n", "URL is not valid"),
            ("https://[::1", "URL is not valid"),
            ("https://xn--a/", "host is not allowed"),
        ],
    )
    def test_one_that_is_not_a_plain_https_url_is_refused(self, fetching: Fetching, url: str, sentence: str) -> None:
        with pytest.raises(PictureRefused, match=sentence):
            fetching.fetch(url)
        assert fetching.names.asked == []

    def test_the_port_of_https_may_be_named(self, fetching: Fetching) -> None:
        fetching.site.says(answer(200, body=b"picture"))

        assert fetching.fetch(f"https://{HOST}:443/a.png") == b"picture"

    @pytest.mark.parametrize("hosts", [(), (OTHER_HOST,), (f".{HOST}",), ("PICTURES.EXAMPLE",)])
    def test_a_host_that_is_not_listed_is_not_even_looked_up(self, fetching: Fetching, hosts: tuple[str, ...]) -> None:
        with pytest.raises(PictureRefused, match="host is not allowed"):
            fetching.fetch(hosts=hosts)
        assert fetching.names.asked == []

    @pytest.mark.parametrize("hosts", [("*",), (SUBHOST,), (f".{HOST}",)])
    def test_one_that_is_listed_is_fetched_from(self, fetching: Fetching, hosts: tuple[str, ...]) -> None:
        fetching.site.says(answer(200, body=b"picture"))

        assert fetching.fetch(f"https://{SUBHOST.upper()}/a.png", hosts=hosts) == b"picture"


class TestRedirections:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_one_is_followed_to_another_allowed_host(self, fetching: Fetching, status: int) -> None:
        fetching.site.says(redirection(f"https://{OTHER_HOST}/b.png", status), answer(200, body=b"picture"))

        assert fetching.fetch() == b"picture"
        assert fetching.site.names == [HOST, OTHER_HOST]

    def test_the_third_is_the_last(self, fetching: Fetching) -> None:
        fetching.site.says(*[redirection("/next")] * 3, answer(200, body=b"picture"))

        assert fetching.fetch() == b"picture"

    def test_a_fourth_is_not_followed(self, fetching: Fetching) -> None:
        fetching.site.says(*[redirection("/next")] * 4, answer(200, body=b"picture"))

        with pytest.raises(PictureRefused, match="redirected more than 3 times"):
            fetching.fetch()
        assert len(fetching.site.requests) == 4

    @pytest.mark.parametrize(
        ("location", "sentence"),
        [
            (f"http://{HOST}/b.png", "begins with https"),
            (f"//{HOST}:8443/b.png", "names no port"),
            (f"https://user:password@{HOST}/b.png", "URL is not valid"),
            (f"https://{OTHER_HOST}/b.png", "host is not allowed"),
            ("https://[::1", "URL is not valid"),
            ("https://[not-an-address]/", "URL is not valid"),
            ("https:////[", "URL is not valid"),
        ],
    )
    def test_one_is_held_to_the_same_rules(self, fetching: Fetching, location: str, sentence: str) -> None:
        fetching.site.says(redirection(location), answer(200, body=b"picture"))

        with pytest.raises(PictureRefused, match=sentence):
            fetching.fetch(hosts=(HOST,))
        assert len(fetching.site.requests) == 1

    def test_one_that_leads_nowhere_is_refused(self, fetching: Fetching) -> None:
        fetching.site.says(answer(302))

        with pytest.raises(PictureRefused, match=r"HTTP 302"):
            fetching.fetch()

    def test_no_cookie_is_taken_along(self, fetching: Fetching) -> None:
        fetching.site.says(answer(302, "Location: /b.png", "Set-Cookie: a=b"), answer(200, body=b"picture"))

        fetching.fetch()

        assert "cookie" not in fetching.site.requests[1].lower()


class TestOurStorage:
    """Plain HTTP on this machine, as the local stack has it: what is refused everywhere else."""

    def fetch(self, fetching: Fetching, url: str, trusted_origin: str | None, **options: Any) -> bytes:
        return fetching.fetch(url, trusted_origin=trusted_origin, hosts=(), **options)

    def test_it_is_fetched_from_wherever_it_is(self, fetching: Fetching, storage_site: PictureSite, ours: str) -> None:
        storage_site.says(answer(200, body=b"picture"))

        assert self.fetch(fetching, f"{ours}/storage/v1/object/sign/a.png?token=t", ours) == b"picture"

    def test_only_its_exact_origin_is_exempt(self, fetching: Fetching, storage_site: PictureSite, ours: str) -> None:
        for url in (
            f"https://127.0.0.1:{storage_site.port}/",
            f"http://localhost:{storage_site.port}/",
            f"http://127.0.0.1:{storage_site.port + 1}/",
            "http://127.0.0.1/",
            f"{ours}@{HOST}/",
            f"{ours}.{HOST}/",
        ):
            with pytest.raises(PictureRefused):
                self.fetch(fetching, url, ours)
        assert storage_site.requests == []

    def test_without_an_origin_of_ours_nothing_is_exempt(
        self, fetching: Fetching, storage_site: PictureSite, ours: str
    ) -> None:
        with pytest.raises(PictureRefused, match="begins with https"):
            self.fetch(fetching, f"{ours}/a.png", None)
        assert storage_site.requests == []

    def test_credentials_are_refused_there_too(self, fetching: Fetching, storage_site: PictureSite, ours: str) -> None:
        with pytest.raises(PictureRefused, match="URL is not valid"):
            self.fetch(fetching, ours.replace("//", "//user:password@"), ours)
        assert storage_site.requests == []

    @pytest.mark.parametrize("location", ["/b.png", f"https://{HOST}/b.png"])
    def test_no_redirection_leads_away_from_it(
        self, fetching: Fetching, storage_site: PictureSite, ours: str, location: str
    ) -> None:
        storage_site.says(redirection(location), answer(200, body=b"picture"))

        with pytest.raises(PictureRefused, match="redirection is not allowed"):
            fetching.fetch(f"{ours}/a.png", trusted_origin=ours, hosts=("*",))
        assert len(storage_site.requests) == 1

    def test_no_redirection_leads_to_it(self, fetching: Fetching, storage_site: PictureSite) -> None:
        ours = f"http://127.0.0.1:{storage_site.port}"
        fetching.site.says(redirection(f"{ours}/storage/v1/object/public/a.png"))
        storage_site.says(answer(200, body=b"picture"))

        with pytest.raises(PictureRefused, match="redirection is not allowed"):
            fetching.fetch(trusted_origin=ours)
        assert storage_site.requests == []


def test_the_environment_s_proxies_are_not_used(fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    fetching.site.says(answer(200, body=b"picture"))

    assert fetching.fetch() == b"picture"
    assert fetching.network.asked == [(PUBLIC, 443)]


def test_a_resolver_in_trouble_is_a_passing_trouble(fetching: Fetching) -> None:
    def in_trouble(_: str) -> Sequence[Address]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with pytest.raises(Unreachable):
        fetching.fetch(resolve=in_trouble)


def test_a_server_that_is_not_there_is_a_passing_trouble(fetching: Fetching) -> None:
    fetching.network.dead.add(PUBLIC)

    with pytest.raises(Unreachable, match="ConnectError"):
        fetching.fetch()
