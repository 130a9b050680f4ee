"""Which URLs a worker may be registered at."""

import pytest

from functions.edge.errors import ApiError
from functions.edge.workers.urls import worker_url

ALLOWED = (".proxy.runpod.net", "gpu.example.com", "127.0.0.1", "localhost", "10.0.0.5", "::1")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("https://abc-7861.proxy.runpod.net", "https://abc-7861.proxy.runpod.net"),
        ("https://a.b.proxy.runpod.net", "https://a.b.proxy.runpod.net"),
        (" HTTPS://ABC-7861.Proxy.RunPod.net:443/ ", "https://abc-7861.proxy.runpod.net"),
        ("https://gpu.example.com:7861/", "https://gpu.example.com:7861"),
        ("https://10.0.0.5", "https://10.0.0.5"),
        ("http://127.0.0.1:7861", "http://127.0.0.1:7861"),
        ("http://localhost:80", "http://localhost"),
        ("http://[0:0:0:0:0:0:0:1]:7861", "http://[::1]:7861"),
    ],
)
def test_a_listed_host_is_stored_in_one_spelling(text: str, stored: str) -> None:
    assert worker_url(text, ALLOWED) == stored


@pytest.mark.parametrize(
    "text",
    [
        "https://attacker.example.com",
        "https://proxy.runpod.net",
        "https://.proxy.runpod.net.evil.com",
        "https://evilproxy.runpod.net",
        "https://gpu.example.com.",
        "https://sub.gpu.example.com",
        "https://169.254.169.254",
        "https://10.0.0.6",
        "https://[::ffff:127.0.0.1]",
        "https://2130706433",
        "https://127.1",
        "https://0x7f.0.0.1",
        "https://[fe80::1]",
    ],
)
def test_a_host_that_is_not_listed_is_refused(text: str) -> None:
    """S4, S5: nobody sends our users' conversations, or our requests, to a place of their own."""
    with pytest.raises(ApiError) as caught:
        worker_url(text, ALLOWED)
    assert caught.value.message == "No worker may be at the host of worker_url."


@pytest.mark.parametrize(
    "text",
    [
        "https://user:secret@gpu.example.com",
        "https://gpu.example.com@attacker.example.com",
        "https://gpu.example.com?x=1",
        "https://gpu.example.com#@attacker.example.com",
        "https://gpu.example.com/admin",
        "https://gpu.example.com\\@attacker.example.com",
        "https://gpu.example.com:7861:80",
        "https://gpu.example.com:-1",
        "https://gpu.exam\tple.com",
        "https://gpu.example.com%2eattacker.com",
        "//gpu.example.com",
        "gpu.example.com",
        "ftp://gpu.example.com",
        "file:///etc/passwd",
        "https://",
        "https://gpu.e\u0445ample.com",
        "https:// gpu.example.com",
        "https://proxy.runpod.net\u212a",
        "",
    ],
)
def test_what_is_more_or_less_than_a_host_is_refused(text: str) -> None:
    """S5"""
    with pytest.raises(ApiError, match="worker_url is https://host"):
        worker_url(text, ALLOWED)


@pytest.mark.parametrize("text", ["http://gpu.example.com", "http://10.0.0.5", "http://abc.proxy.runpod.net"])
def test_without_tls_a_worker_is_on_this_machine(text: str) -> None:
    with pytest.raises(ApiError, match="begins with https"):
        worker_url(text, ALLOWED)


@pytest.mark.parametrize("port", [0, 65536, 99999])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(ApiError, match="1 to 65535"):
        worker_url(f"https://gpu.example.com:{port}", ALLOWED)


def test_a_suffix_is_never_the_end_of_an_address() -> None:
    with pytest.raises(ApiError):
        worker_url("https://10.0.0.1", (".0.0.1",))


def test_a_refusal_names_the_hosts_that_are_allowed_and_not_the_one_given() -> None:
    with pytest.raises(ApiError) as caught:
        worker_url("https://secret.example.com", (".proxy.runpod.net", "gpu.example.com"))
    assert caught.value.details == "allowed hosts: .proxy.runpod.net, gpu.example.com"
    assert "secret" not in f"{caught.value.message}{caught.value.details}"
