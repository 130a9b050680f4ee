"""Which names are keys."""

import pytest

from devstack.storage.errors import StorageError
from devstack.storage.names import check_bucket_name, check_key


@pytest.mark.parametrize("key", ["a", "a/b.png", "!-_.*'() &$@=;:+,?", "...", "a/..b/c..", "a//b", "/", "x" * 255])
def test_the_safe_characters_make_a_key(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize(
    "key", ["", "é", "a\\b", "a\nb", "a\x00", "a#b", "a%b", "a~", "..", "a/../b", "./a", "x" * 256, "x/" * 513]
)
def test_everything_else_is_no_key(key: str) -> None:
    with pytest.raises(StorageError, match="Invalid key"):
        check_key(key)


@pytest.mark.parametrize("name", ["avatars", "workspace-temp", "reference_images", "a b", "x" * 100])
def test_a_bucket_s_name_is_a_key_s_part(name: str) -> None:
    check_bucket_name(name)


@pytest.mark.parametrize("name", ["", "a/b", ".", "..", "é", "a\n", "x" * 101])
def test_a_bucket_s_name_is_no_path(name: str) -> None:
    with pytest.raises(StorageError, match="Bucket name invalid"):
        check_bucket_name(name)
