"""A chat worker's settings."""

import pytest

from gpu_handler.models.catalog import CATALOG
from gpu_handler.settings import SettingsError, read_settings
from gpu_handler.workers.chat.settings import ChatSettings
from shared.model_variants import MODEL_SETS

SECRET = "a worker secret of the tests, and of nothing else"
NAMES = (
    "WORKER_SECRET",
    "WORKER_URL",
    "WORKER_ID",
    "RUNPOD_POD_ID",
    "FUNCTIONS_URL",
    "CHAT_PORT",
    "CHAT_HOST",
    "MODELS",
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORKER_SECRET", SECRET)
    return monkeypatch


def test_on_runpod_its_address_is_that_of_the_proxy(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RUNPOD_POD_ID", "abc123")
    settings = read_settings(ChatSettings)
    assert (settings.url, settings.worker_id) == ("https://abc123-7861.proxy.runpod.net", "abc123")
    environment.setenv("CHAT_PORT", "7000")
    assert read_settings(ChatSettings).url == "https://abc123-7000.proxy.runpod.net"


def test_an_address_that_is_given_wins_and_has_no_slash_at_its_end(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RUNPOD_POD_ID", "abc123")
    environment.setenv("WORKER_URL", "https://chat.workers.test/")
    assert read_settings(ChatSettings).url == "https://chat.workers.test"


def test_it_listens_to_this_machine_alone_unless_it_is_told(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("WORKER_URL", "http://127.0.0.1:7861")
    settings = read_settings(ChatSettings)
    assert (settings.chat_host, settings.chat_port, settings.functions_url) == ("127.0.0.1", 7861, None)


def test_without_an_address_it_says_what_to_set(environment: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with pytest.raises(SettingsError, match="WORKER_URL is not set, and there is no RUNPOD_POD_ID"):
        read_settings(ChatSettings)


def test_a_secret_that_is_missing_or_short_is_told_without_it(environment: pytest.MonkeyPatch) -> None:
    """S7, P8: the original's key had a default, which is in its repository."""
    environment.setenv("WORKER_URL", "http://127.0.0.1:7861")
    environment.setenv("WORKER_SECRET", "short secret")
    with pytest.raises(SettingsError, match="WORKER_SECRET is wrong") as caught:
        read_settings(ChatSettings)
    assert "short secret" not in str(caught.value)
    environment.delenv("WORKER_SECRET")
    with pytest.raises(SettingsError, match="WORKER_SECRET is not set"):
        read_settings(ChatSettings)


def test_its_settings_show_no_secret(environment: pytest.MonkeyPatch) -> None:
    """P8"""
    environment.setenv("WORKER_URL", "http://127.0.0.1:7861")
    assert SECRET not in repr(read_settings(ChatSettings))


@pytest.mark.parametrize("models", MODEL_SETS)
def test_the_model_is_the_set_s_and_the_demo_s_is_no_real_one(environment: pytest.MonkeyPatch, models: str) -> None:
    """P9"""
    environment.setenv("WORKER_URL", "http://127.0.0.1:7861")
    environment.setenv("MODELS", models)
    name = read_settings(ChatSettings).model
    assert CATALOG[name].family == "chat"
    assert (name == "qwen2_5_7b_instruct") == (models != "demo")
