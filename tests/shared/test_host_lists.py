import pytest

from shared.host_lists import is_listed, parse_host_list, parse_host_list_or_all


@pytest.mark.parametrize(
    ("host", "hosts", "listed"),
    [
        ("a.example", ("a.example",), True),
        ("b.a.example", ("a.example",), False),
        ("b.a.example", (".a.example",), True),
        ("c.b.a.example", (".a.example",), True),
        ("a.example", (".a.example",), False),
        (".a.example", (".a.example",), False),
        ("evila.example", (".a.example",), False),
        ("a.example.evil.test", (".a.example", "a.example"), False),
        ("anything.test", ("*",), True),
        ("anything.test", (), False),
        ("second.test", ("first.test", "second.test"), True),
    ],
)
def test_a_host_is_listed_by_itself_or_by_a_suffix(host: str, hosts: tuple[str, ...], listed: bool) -> None:
    assert is_listed(host, hosts) is listed


def test_a_list_is_read_at_its_commas_in_lower_case() -> None:
    assert parse_host_list(" A.example , .b.example,::1") == ("a.example", ".b.example", "::1")


@pytest.mark.parametrize("text", ["", "a.example,", "https://a.example", "a.example/x", "*.a.example", "a b", "a,*"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="list of host names"):
        parse_host_list_or_all(text)


def test_a_star_alone_stands_for_all_where_that_may_be_said() -> None:
    assert parse_host_list_or_all(" * ") == ("*",)
    with pytest.raises(ValueError, match="list of host names"):
        parse_host_list("*")
