"""What a function process reads from its environment, and how it says what is wrong there."""

import json

import pytest

from functions.edge.settings import Settings, SettingsError, load_settings
from tests.fixtures.functions import KEYS, environment

SECRET = "sb_secret_that_nobody_may_read"


def load(**changes: str) -> Settings:
    return load_settings(environment(**changes))


@pytest.mark.parametrize(
    ("variable", "field", "value"),
    [
        ("SUPABASE_URL", "supabase_url", "https://abc.supabase.co"),
        ("SUPABASE_ANON_KEY", "anon_key", "an anon key"),
        ("SUPABASE_SERVICE_ROLE_KEY", "service_role_key", "a service role key"),
        ("SUPABASE_JWT_SECRET", "jwt_secret", "a legacy secret"),
        ("SUPABASE_JWKS", "jwks", json.dumps(KEYS.jwks())),
        ("SUPABASE_DB_URL", "database_url", "postgresql://db.test:5432/postgres"),
        ("UPSTASH_REDIS_REST_URL", "redis_url", "https://eu.upstash.io"),
        ("UPSTASH_REDIS_REST_TOKEN", "redis_token", "a redis token"),
        ("FUNCTIONS_URL", "functions_url", "https://functions.test/functions/v1"),
        ("JOB_TOKEN_SECRET", "job_token_secret", "x" * 32),
        ("MODELS", "models", "default"),
        ("ADULT_CONTENT", "adult_content", "verified"),
        ("WORKER_SECRET", "worker_secret", "w" * 32),
    ],
)
def test_each_variable_is_read(variable: str, field: str, value: str) -> None:
    assert getattr(load(**{variable: value}), field) == value


def test_the_sweep_s_interval_is_a_number_of_seconds() -> None:
    assert load(SWEEP_SECONDS="2.5").sweep_seconds == 2.5


def test_what_is_left_out_has_a_safe_default() -> None:
    required = ("SUPABASE_URL", "SUPABASE_SECRET_KEY", "JOB_TOKEN_SECRET")
    redis = ("UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN")
    settings = load_settings({name: environment()[name] for name in (*required, *redis)})
    assert settings.adult_content == "forbidden"
    assert settings.models == "default"
    assert settings.sweep_seconds == 2.0
    assert settings.publishable_keys == ()
    assert settings.anon_key is settings.jwt_secret is settings.jwks is settings.database_url is None
    assert settings.worker_secret is None
    assert settings.worker_hosts == (".proxy.runpod.net",)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        (".proxy.runpod.net, GPU.example.com", (".proxy.runpod.net", "gpu.example.com")),
        ("127.0.0.1", ("127.0.0.1",)),
        ("::1,localhost", ("::1", "localhost")),
    ],
)
def test_the_workers_hosts_are_names_suffixes_and_addresses(text: str, hosts: tuple[str, ...]) -> None:
    assert load(WORKER_HOSTS=text).worker_hosts == hosts


def test_an_empty_variable_counts_as_unset() -> None:
    settings = load(SUPABASE_DB_URL="", SUPABASE_JWKS="", MODELS="", ADULT_CONTENT="")
    assert settings.database_url is None
    assert settings.jwks is None
    assert settings.models == "default"
    assert settings.adult_content == "forbidden"


@pytest.mark.parametrize(
    "variable", ["SUPABASE_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN", "JOB_TOKEN_SECRET"]
)
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_missing_variable_is_named(variable: str, is_empty: bool) -> None:
    environ = environment(**{variable: ""})
    if not is_empty:
        del environ[variable]
    with pytest.raises(SettingsError, match=variable):
        load_settings(environ)


@pytest.mark.parametrize("kind", ["PUBLISHABLE", "SECRET"])
class TestKeyLists:
    def test_the_singular_name_holds_one_key(self, kind: str) -> None:
        settings = load(**{f"SUPABASE_{kind}_KEY": "one"})
        assert getattr(settings, f"{kind.lower()}_keys") == ("one",)

    def test_the_plural_name_holds_an_object_of_named_keys(self, kind: str) -> None:
        settings = load(**{f"SUPABASE_{kind}_KEYS": '{"default": "one", "mobile": "two"}'})
        assert getattr(settings, f"{kind.lower()}_keys") == ("one", "two")

    def test_the_plural_name_may_hold_one_bare_key(self, kind: str) -> None:
        settings = load(**{f"SUPABASE_{kind}_KEYS": "one"})
        assert getattr(settings, f"{kind.lower()}_keys") == ("one",)

    def test_the_plural_name_wins_over_the_singular(self, kind: str) -> None:
        settings = load(**{f"SUPABASE_{kind}_KEYS": '{"default": "new"}', f"SUPABASE_{kind}_KEY": "old"})
        assert getattr(settings, f"{kind.lower()}_keys") == ("new",)

    def test_a_list_that_is_no_json_is_an_error_with_its_name(self, kind: str) -> None:
        with pytest.raises(SettingsError, match=f"SUPABASE_{kind}_KEYS") as caught:
            load(**{f"SUPABASE_{kind}_KEYS": f'{{"default": "{SECRET}'})
        assert SECRET not in str(caught.value)

    def test_a_key_that_is_no_text_is_an_error_with_the_list_s_name(self, kind: str) -> None:
        with pytest.raises(SettingsError, match=f"SUPABASE_{kind}_KEYS"):
            load(**{f"SUPABASE_{kind}_KEYS": '{"default": 5}'})


def test_one_of_the_two_service_keys_is_needed() -> None:
    with pytest.raises(SettingsError, match="SUPABASE_SECRET_KEY or SUPABASE_SERVICE_ROLE_KEY"):
        load(SUPABASE_SECRET_KEY="", SUPABASE_SERVICE_ROLE_KEY="")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JOB_TOKEN_SECRET", "too short, secret"),
        ("SUPABASE_JWKS", '{"keys": "secret'),
        ("SUPABASE_JWKS", '{"keys": [{"kty": "secret"}]}'),
        ("SUPABASE_JWKS", "[]"),
        ("WORKER_SECRET", "too short, secret"),
        ("WORKER_HOSTS", "https://secret.example.com"),
        ("WORKER_HOSTS", "secret.example.com:7861"),
        ("WORKER_HOSTS", "secret.example.com,"),
        ("WORKER_HOSTS", "secret.example.com,."),
        ("WORKER_HOSTS", "*"),
        ("REFERENCE_HOSTS", "*.secret.example.com"),
        ("REFERENCE_HOSTS", "*, secret.example.com"),
        ("MODELS", "secret"),
        ("ADULT_CONTENT", "secret"),
        ("SWEEP_SECONDS", "secret"),
        ("SWEEP_SECONDS", "-1"),
        ("SWEEP_SECONDS", "nan"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_the_variable_and_never_the_value(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable) as caught:
        load(**{variable: value})
    assert value not in str(caught.value)
    assert caught.value.__suppress_context__


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError, match=r"SUPABASE_URL .+; JOB_TOKEN_SECRET "):
        load(SUPABASE_URL="", JOB_TOKEN_SECRET="")


def test_a_project_that_signs_with_the_legacy_secret_only_has_no_public_keys() -> None:
    assert load(SUPABASE_JWKS='{"keys": []}').jwks == '{"keys": []}'


def test_an_sb_key_is_sent_as_apikey_alone() -> None:
    settings = load()
    assert settings.service_key == KEYS.secret_key
    assert settings.service_headers == {"apikey": KEYS.secret_key}


def test_a_legacy_key_is_sent_as_a_bearer_token_too() -> None:
    settings = load(SUPABASE_SECRET_KEY="")
    assert settings.service_headers == {
        "apikey": KEYS.service_role_key,
        "Authorization": f"Bearer {KEYS.service_role_key}",
    }


@pytest.mark.parametrize(
    ("functions_url", "expected"),
    [
        ("", "http://project.test/functions/v1/job-callback"),
        ("https://functions.test/functions/v1", "https://functions.test/functions/v1/job-callback"),
        ("https://functions.test/functions/v1/", "https://functions.test/functions/v1/job-callback"),
    ],
)
def test_workers_call_back_where_the_functions_are_reached(functions_url: str, expected: str) -> None:
    assert load(FUNCTIONS_URL=functions_url).callback_url == expected


def test_a_slash_at_the_end_of_the_project_s_url_is_dropped() -> None:
    assert load(SUPABASE_URL="https://abc.supabase.co/").supabase_url == "https://abc.supabase.co"


@pytest.mark.parametrize("alone", ["RUNPOD_ENDPOINT_ID", "RUNPOD_API_KEY"])
def test_a_runpod_endpoint_and_its_key_go_together(alone: str) -> None:
    with pytest.raises(SettingsError, match="RUNPOD_ENDPOINT_ID and RUNPOD_API_KEY go together"):
        load(**{alone: "something"})
