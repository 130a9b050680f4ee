import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_handler.fetching import PictureRefused
from gpu_handler.fetching.addresses import Address, is_public, resolve, resolve_public

INSIDE = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "::/96",
    "::ffff:0:0:0/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
)


@pytest.mark.parametrize("network", INSIDE)
@given(data=st.data())
def test_no_address_of_a_special_network_is_public(network: str, data: st.DataObject) -> None:
    assert not is_public(data.draw(st.ip_addresses(network=network)))


@pytest.mark.parametrize("network", INSIDE)
def test_neither_end_of_a_special_network_is_public(network: str) -> None:
    whole = ip_network(network)

    assert not is_public(whole[0])
    assert not is_public(whole[-1])


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::64"],
)
def test_what_is_on_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(inside=st.ip_addresses(v=4))
def test_an_address_that_carries_another_is_as_public_as_that_one(inside: Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        assert is_public(IPv6Address(int(IPv6Address(prefix)) | int(inside))) == is_public(inside)


def test_a_tunnel_is_public_wherever_it_ends() -> None:
    """Of 6to4 and Teredo, to addresses that are public themselves."""
    assert not is_public(IPv6Address("2002:808:808::1"))
    assert not is_public(IPv6Address("2001:0:808:808:0:63bf:f7f7:f7f7"))


def test_an_address_of_one_network_card_is_not_public() -> None:
    assert not is_public(IPv6Address("2606:4700:4700::1111%eth0"))


@pytest.mark.parametrize(
    ("spelling", "address"),
    [
        ("2852039166", "169.254.169.254"),
        ("0xa9fea9fe", "169.254.169.254"),
        ("0251.0376.0251.0376", "169.254.169.254"),
        ("127.1", "127.0.0.1"),
        ("1", "0.0.0.1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
    ],
)
def test_a_spelling_of_an_address_is_that_address(spelling: str, address: str) -> None:
    assert resolve(spelling) == [ip_address(address)]


def test_a_name_of_this_machine_has_no_public_address() -> None:
    with pytest.raises(PictureRefused, match="no public address"):
        resolve_public("localhost", resolve)


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(PictureRefused, match="no public address"):
        resolve_public("h.example", lambda _: [IPv4Address("8.8.8.8"), IPv4Address("10.0.0.1")])


def test_no_address_at_all_is_not_a_public_one() -> None:
    with pytest.raises(PictureRefused, match="no public address"):
        resolve_public("h.example", lambda _: [])


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example"])
def test_what_is_no_name_has_no_public_address(host: str) -> None:
    with pytest.raises(PictureRefused, match="no public address"):
        resolve_public(host, resolve)


def test_a_name_that_does_not_exist_is_refused_in_the_same_words_as_one_inside() -> None:
    def nowhere(_: str) -> Sequence[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(PictureRefused) as missing:
        resolve_public("h.example", nowhere)
    with pytest.raises(PictureRefused) as private:
        resolve_public("h.example", lambda _: [IPv4Address("10.0.0.1")])
    assert str(missing.value) == str(private.value)


def test_a_resolver_in_trouble_may_be_asked_again() -> None:
    def in_trouble(_: str) -> Sequence[Address]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with pytest.raises(socket.gaierror):
        resolve_public("h.example", in_trouble)
