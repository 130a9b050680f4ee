from pathlib import Path

import pytest

from gpu_handler.settings import CallbackSettings, QueueSettings, SettingsError, WorkerSettings, read_settings

COMPLETE = {
    "UPSTASH_REDIS_REST_URL": "https://redis.test",
    "UPSTASH_REDIS_REST_TOKEN": "redis-token-secret",
    "JOB_CALLBACK_URL": "https://functions.test/functions/v1/job-callback",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*COMPLETE, "WORKER_QUEUES", "WORKER_ID", "MODELS", "MODELS_DIR", "REFERENCE_HOSTS", "RUNPOD_POD_ID"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def complete(environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in COMPLETE.items():
        environment.setenv(name, value)
    return environment


def test_generating_needs_no_setting_at_all() -> None:
    settings = read_settings(WorkerSettings)

    assert settings.models == "default"
    assert settings.models_dir is None


def test_a_job_with_a_callback_needs_no_queue_setting(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("JOB_CALLBACK_URL", COMPLETE["JOB_CALLBACK_URL"])

    assert str(read_settings(CallbackSettings).job_callback_url) == COMPLETE["JOB_CALLBACK_URL"]


@pytest.mark.usefixtures("complete")
def test_without_a_queue_list_every_served_queue_is_taken_from() -> None:
    assert read_settings(QueueSettings).queues == ("sdxl_queue", "wan_queue", "chat_queue")


def test_the_queue_list_is_split_at_commas(complete: pytest.MonkeyPatch) -> None:
    complete.setenv("WORKER_QUEUES", " sdxl_queue , sdxl_queue")

    assert read_settings(QueueSettings).queues == ("sdxl_queue", "sdxl_queue")


def test_a_queue_without_a_generator_is_refused_and_the_valid_ones_are_named(complete: pytest.MonkeyPatch) -> None:
    complete.setenv("WORKER_QUEUES", "sdxl_queue,tea_queue")

    served = "sdxl_queue, wan_queue, chat_queue"
    with pytest.raises(SettingsError, match=rf"WORKER_QUEUES names tea_queue, .* may name {served}\.$"):
        read_settings(QueueSettings)


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_variable_is_named(complete: pytest.MonkeyPatch, name: str) -> None:
    complete.delenv(name)

    with pytest.raises(SettingsError, match=f"^{name} is not set\\.$"):
        read_settings(QueueSettings)


def test_an_empty_variable_counts_as_missing(complete: pytest.MonkeyPatch) -> None:
    complete.setenv("JOB_CALLBACK_URL", "")

    with pytest.raises(SettingsError, match=r"^JOB_CALLBACK_URL is not set"):
        read_settings(QueueSettings)


def test_a_wrong_url_is_named_without_its_value(complete: pytest.MonkeyPatch) -> None:
    complete.setenv("UPSTASH_REDIS_REST_URL", "pasted-the-secret-here")

    with pytest.raises(SettingsError, match=r"^UPSTASH_REDIS_REST_URL is wrong") as raised:
        read_settings(QueueSettings)
    assert "pasted" not in str(raised.value)


def test_an_unknown_model_set_is_refused_and_the_sets_are_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MODELS", "tiny")

    with pytest.raises(SettingsError, match=r"^MODELS is wrong: must be one of default, lustify, demo\.$"):
        read_settings(WorkerSettings)


@pytest.mark.usefixtures("complete")
def test_the_redis_token_is_not_in_the_settings_text() -> None:
    assert "redis-token-secret" not in repr(read_settings(QueueSettings))


def test_the_worker_is_named_after_its_pod(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RUNPOD_POD_ID", "pod-1")

    assert read_settings(WorkerSettings).worker_id == "pod-1"


def test_a_worker_id_of_its_own_wins(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RUNPOD_POD_ID", "pod-1")
    environment.setenv("WORKER_ID", "the-third")

    assert read_settings(WorkerSettings).worker_id == "the-third"


def test_the_models_folder_is_read_as_a_path(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MODELS_DIR", "weights")

    assert read_settings(WorkerSettings).models_dir == Path("weights")


@pytest.mark.usefixtures("environment")
def test_without_a_list_no_host_may_hold_references() -> None:
    assert read_settings(WorkerSettings).reference_hosts == ()


@pytest.mark.parametrize(
    ("text", "hosts"), [(" Pictures.example , .cdn.example", ("pictures.example", ".cdn.example")), ("*", ("*",))]
)
def test_the_hosts_of_references_are_split_at_commas(
    environment: pytest.MonkeyPatch, text: str, hosts: tuple[str, ...]
) -> None:
    environment.setenv("REFERENCE_HOSTS", text)

    assert read_settings(WorkerSettings).reference_hosts == hosts


def test_a_url_among_the_hosts_of_references_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REFERENCE_HOSTS", "https://pictures.example")

    with pytest.raises(SettingsError, match=r"^REFERENCE_HOSTS is wrong: a list of host names"):
        read_settings(WorkerSettings)
