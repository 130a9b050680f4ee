"""Settings from the environment, read once at start.

Supabase sets the ``SUPABASE_…`` names in its own edge functions
(https://supabase.com/docs/guides/functions/secrets); the plural key lists are JSON objects of named keys.
"""

import json
import os
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from functions.edge.jwks import read_key_set
from shared.host_lists import parse_host_list, parse_host_list_or_all
from shared.model_variants import MODEL_SETS


class SettingsError(Exception):
    """The environment is incomplete or wrong; the message names the variable."""


def _keys(value: object) -> object:
    """One key, or Supabase's JSON object of named keys."""
    if isinstance(value, str):
        return list(json.loads(value).values()) if value.startswith("{") else [value]
    return value


def _without_last_slash(url: str) -> str:
    return url.rstrip("/")


def _key_set(text: str) -> str:
    read_key_set(text)
    return text


def _hosts(value: object) -> object:
    return parse_host_list(value) if isinstance(value, str) else value


def _hosts_or_all(value: object) -> object:
    return parse_host_list_or_all(value) if isinstance(value, str) else value


Url = Annotated[str, AfterValidator(_without_last_slash)]
KeySet = Annotated[str, AfterValidator(_key_set)]
KeyList = Annotated[tuple[str, ...], BeforeValidator(_keys)]
HostList = Annotated[tuple[str, ...], BeforeValidator(_hosts)]
HostListOrAll = Annotated[tuple[str, ...], BeforeValidator(_hosts_or_all)]


class Settings(BaseModel):
    """Everything a function process is told from outside."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    supabase_url: Url = Field(alias="SUPABASE_URL")
    publishable_keys: KeyList = Field(
        default=(), validation_alias=AliasChoices("SUPABASE_PUBLISHABLE_KEYS", "SUPABASE_PUBLISHABLE_KEY")
    )
    secret_keys: KeyList = Field(
        default=(), validation_alias=AliasChoices("SUPABASE_SECRET_KEYS", "SUPABASE_SECRET_KEY")
    )
    anon_key: str | None = Field(default=None, alias="SUPABASE_ANON_KEY")
    service_role_key: str | None = Field(default=None, alias="SUPABASE_SERVICE_ROLE_KEY")
    jwt_secret: str | None = Field(default=None, alias="SUPABASE_JWT_SECRET")
    """The legacy HS256 secret; without it HS256 tokens are refused."""
    jwks: KeySet | None = Field(default=None, alias="SUPABASE_JWKS")
    """The public keys inline; without it they are fetched from the project."""
    database_url: str | None = Field(default=None, alias="SUPABASE_DB_URL")
    """Session mode or direct. With it SQL functions are called over asyncpg, else over PostgREST."""
    redis_url: str = Field(alias="UPSTASH_REDIS_REST_URL")
    redis_token: str = Field(alias="UPSTASH_REDIS_REST_TOKEN")
    functions_url: Url = Field(default="", alias="FUNCTIONS_URL")
    """Where workers reach this service itself; the project's own ``/functions/v1`` when unset."""
    job_token_secret: str = Field(alias="JOB_TOKEN_SECRET", min_length=32)
    worker_secret: str | None = Field(default=None, alias="WORKER_SECRET", min_length=32)
    """Shared with the workers that have an HTTP face: they register with it, and it signs our calls of them."""
    worker_hosts: HostList = Field(default=(".proxy.runpod.net",), alias="WORKER_HOSTS")
    """Where workers may be: host names, addresses, or suffixes that begin with a dot."""
    reference_hosts: HostListOrAll = Field(default=(), alias="REFERENCE_HOSTS")
    """Where references may lie besides our storage: host names, suffixes that begin with a dot, or ``*`` alone."""
    models: str = Field(default="default", alias="MODELS")
    adult_content: Literal["forbidden", "verified"] = Field(default="forbidden", alias="ADULT_CONTENT")
    """Whether verified adults may ask for ``content_mode`` nsfw."""
    runpod_endpoint_id: str | None = Field(default=None, alias="RUNPOD_ENDPOINT_ID")
    """Of the serverless endpoint to wake; needs the key."""
    runpod_api_key: str | None = Field(default=None, alias="RUNPOD_API_KEY")
    sweep_seconds: float = Field(default=2.0, alias="SWEEP_SECONDS", ge=0)
    """How often this process sweeps; 0 where pg_cron does it."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.secret_keys and self.service_role_key is None:
            raise ValueError("SUPABASE_SECRET_KEY or SUPABASE_SERVICE_ROLE_KEY is missing")
        if (self.runpod_endpoint_id is None) != (self.runpod_api_key is None):
            raise ValueError("RUNPOD_ENDPOINT_ID and RUNPOD_API_KEY go together")
        if self.models not in MODEL_SETS:
            raise ValueError(f"MODELS is one of {', '.join(MODEL_SETS)}")
        return self

    @property
    def service_key(self) -> str:
        """The key this service calls PostgREST and Storage with."""
        return self.secret_keys[0] if self.secret_keys else str(self.service_role_key)

    @property
    def service_headers(self) -> dict[str, str]:
        """A new key goes in ``apikey`` alone; a legacy key is a JWT and a bearer token as well."""
        if self.secret_keys:
            return {"apikey": self.service_key}
        return {"apikey": self.service_key, "Authorization": f"Bearer {self.service_key}"}

    @property
    def callback_url(self) -> str:
        base = self.functions_url or f"{self.supabase_url}/functions/v1"
        return f"{base}/job-callback"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises ``SettingsError``. An empty variable counts as unset."""
    try:
        return Settings.model_validate({name: value for name, value in environ.items() if value})
    except ValidationError as error:
        # The values may be secrets: only names and reasons are told.
        problems = [f"{'.'.join(map(str, e['loc']))} {e['msg']}".strip() for e in error.errors(include_input=False)]
        raise SettingsError("; ".join(problems)) from None
