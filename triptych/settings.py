"""Every setting, read once from ``TRIPTYCH_*`` at the start of a process; a bad or unknown one stops it by name."""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
)

from triptych.oidc_settings import OidcSettings
from triptych.setting_urls import BaseUrl, Bucket, Origin, is_address, is_loopback

PREFIX = "TRIPTYCH_"
GIB = 1024**3
OF_CLIENTS = ("url", "key")  # TRIPTYCH_URL and TRIPTYCH_KEY, which triptych/client reads: no settings of a process
DAY_S = 86_400.0
MAY_HOLD_SECRETS = (
    "answer_url",
    "answer_key",
    "oidc_issuer",
    "oidc_client_secret",
)  # so that a refusal does not repeat their values


class BadSettings(Exception):
    """The environment holds a ``TRIPTYCH_*`` variable that is unknown or has a bad value; the message names it."""


class Settings(OidcSettings):
    """The settings of every process. Each is documented by its description, which ``docs/settings.md`` repeats."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(Path("var"), description="Where all state lives: database, files, models, sockets.")
    host: str = Field(
        "127.0.0.1", description="Address the API listens on. Where it is not loopback, there are accounts."
    )
    port: PositiveInt = Field(8000, le=65535, description="Port of the API, the UI and the WebSocket.")
    flower_port: PositiveInt = Field(5555, le=65535, description="Port of the Flower console, on loopback.")
    accounts: bool = Field(
        False, description="Whether people sign in. Without: one built-in user, and nobody but this machine is let in."
    )
    public_url: Origin = Field(
        "",
        description="What the house is called outside, such as https://triptych.example. Empty: http, host and port.",
    )
    session_s: PositiveFloat = Field(30 * DAY_S, description="Seconds after which whoever signed in must do it again.")
    session_idle_s: PositiveFloat = Field(7 * DAY_S, description="Seconds after which an unused session ends.")
    requests_a_minute: NonNegativeInt = Field(
        3000, description="Requests that one account may make in a minute, where there are accounts; 0: no bound."
    )
    sign_ins_a_minute: PositiveInt = Field(
        10,
        description="Times that one address may try to sign in in a minute; for one account ten times that in an hour.",
    )
    password_bytes: PositiveInt = Field(
        64 * 1024**2, description="Memory that hashing a password takes, two at a time: as much as a guess will cost."
    )
    audit_s: PositiveFloat = Field(365 * DAY_S, description="Seconds that what is written down of accounts is kept.")
    proxies: NonNegativeInt = Field(
        0, description="Proxies in front of the API, whose X-Forwarded-For tells from which address somebody asks."
    )
    database_url: str = Field("", description="SQLAlchemy URL. Empty: SQLite under the home.")
    redis_url: str = Field("", description="Redis URL. Empty: the embedded Redis' socket under the home.")
    models_dir: Path | None = Field(None, description="Directory of model weights. Unset: `models` under the home.")
    offline: bool = Field(False, description="Never try the network: only local engines and weights.")

    answer_url: BaseUrl = Field(
        "",
        description="Base URL of the OpenAI-compatible server that writes answers. Empty: excerpts are given instead.",
    )
    answer_key: SecretStr = Field(SecretStr(""), description="API key of that server. Empty: it wants none.")
    answer_model: str = Field("", description="The model to ask of it, unless a job names another.")
    answer_window: int = Field(
        8192,
        ge=1024,
        description="Tokens that this model takes at once, question and answer together: a chat sends no more.",
    )
    answer_silence_s: PositiveFloat = Field(
        300.0,
        description="Seconds that it may send nothing of its answer; a model on a CPU reads a long prompt for minutes.",
    )
    answer_sees: bool = Field(
        False,
        description="Whether that model takes pictures. If not, a chat by OpenAI's API tells it what is read and seen.",
    )

    remember: bool = Field(True, description="Whether what jobs make becomes memories, unless a job says otherwise.")

    blobs_url: Bucket = Field(
        "", description="Where files and outputs lie, such as `s3://bucket/prefix`. Empty: `blobs` under the home."
    )
    blob_cache_bytes: PositiveInt = Field(
        10 * GIB, description="Bytes of them that stay on this machine too, where they lie elsewhere."
    )
    upload_bytes: PositiveInt = Field(4 * GIB, description="Largest upload, in bytes.")
    upload_expiry_s: PositiveFloat = Field(
        86_400.0, description="Seconds that an upload in several requests waits for its next one."
    )
    json_bytes: PositiveInt = Field(4 * 1024**2, description="Largest JSON body, in bytes, pasted text included.")
    batch_lines: PositiveInt = Field(50_000, description="Most lines of a batch.")
    image_pixels: PositiveInt = Field(100_000_000, le=100_000_000, description="Largest picture, in pixels.")

    cpu_slots: PositiveInt = Field(min(os.cpu_count() or 1, 4), description="Processes of the local CPU worker.")
    child_bytes: int = Field(
        4 * GIB,
        ge=64 * 1024**2,
        description="Peak memory above which a CPU slot's process is replaced after its job.",
    )
    model_bytes: PositiveInt = Field(2 * GIB, description="Memory that one process keeps loaded models in.")
    warm: str = Field(
        "", description="Models that each worker process loads at its start, by name, comma-separated. Empty: none."
    )
    gpu_slots: PositiveInt = Field(
        4, description="Threads of the local GPU worker: what they ask of a model at the same time shares its passes."
    )
    net_slots: PositiveInt = Field(8, description="Threads of the local network worker.")
    window: NonNegativeInt = Field(
        0, description="Messages of one lane that stand in Redis at a time; 0: twice the slots of its workers."
    )
    lease_s: PositiveFloat = Field(30.0, description="Seconds without a renewal after which a run counts as dead.")
    sweep_s: PositiveFloat = Field(5.0, description="Seconds between two sweeps of the periodic loop.")
    retry_s: PositiveFloat = Field(
        5.0, description="Seconds before a failure that may pass is tried again; doubled each time."
    )
    max_attempts: PositiveInt = Field(3, description="Attempts after which a job is failed as poisoned.")
    grace_s: PositiveFloat = Field(8.0, description="Seconds a worker may finish its work in when it is stopped.")
    quota_in_flight: NonNegativeInt = Field(
        0, description="Jobs of one account that run in one lane at a time; 0: no bound."
    )
    quota_queued: NonNegativeInt = Field(0, description="Jobs of one account that wait at a time; 0: no bound.")
    quota_bytes: NonNegativeInt = Field(0, description="Bytes of one account's files; 0: no bound.")
    quota_uploads: NonNegativeInt = Field(
        1000, description="Uploads of one account that are under way at a time; 0: no bound."
    )
    webhook_private: bool = Field(
        False,
        description="Whether webhooks may lead into private networks and to this machine, also by http.",
    )
    retention_days: NonNegativeInt = Field(
        0, description="Days after which finished jobs and unused files go, of accounts without rules; 0: never."
    )
    event_history: PositiveInt = Field(100_000, description="Events kept for clients that reconnect.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="What is logged, from there up."
    )
    log_format: Literal["json", "console"] = Field("json", description="Log lines for machines or for people.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from ``environment``. Raises BadSettings naming the variable and what is wrong."""
        values = {name[len(PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
        values = {name: value for name, value in values.items() if name not in OF_CLIENTS}
        unknown = sorted(set(values) - set(cls.model_fields))
        if unknown:
            names = ", ".join(PREFIX + name.upper() for name in unknown)
            raise BadSettings(f"unknown setting {names}; docs/settings.md lists those there are")
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
            told = "" if first["loc"][0] in MAY_HOLD_SECRETS else f"={first['input']!r}"
            raise BadSettings(f"{name}{told}: {first['msg'].removeprefix('Value error, ')}") from None
        if mistake := settings.oidc_mistake(settings.has_accounts, settings.called):
            raise BadSettings(mistake)
        return settings

    @property
    def has_accounts(self) -> bool:
        """Whether people sign in: where they are told to, and wherever others can reach the API."""
        return self.accounts or not is_loopback(self.host)

    @property
    def is_everywhere(self) -> bool:
        """Whether the API listens on every address of this machine."""
        return is_address(self.host) and ip_address(self.host).is_unspecified

    @property
    def called(self) -> str:
        """What the house is called outside, the default filled in: an origin, without a path."""
        if self.public_url:
            return self.public_url
        name = "localhost" if is_loopback(self.host) or self.is_everywhere else self.host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}"

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'triptych.db'}"

    @property
    def redis(self) -> str:
        """Redis' URL, the default filled in."""
        return self.redis_url or f"unix://{self.home.absolute() / 'redis.sock'}"

    @property
    def broker(self) -> str:
        """Redis' URL as kombu spells it: a socket is ``redis+socket``."""
        return self.redis.replace("unix://", "redis+socket://", 1)

    @property
    def models(self) -> Path:
        """The directory of model weights, the default filled in."""
        return (self.models_dir or self.home / "models").absolute()

    @property
    def warm_models(self) -> tuple[str, ...]:
        """The names of the models to load at the start, each once."""
        names = (name.strip() for name in self.warm.split(","))
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def blobs(self) -> Path:
        """The directory of the content-addressed blobs."""
        return (self.home / "blobs").absolute()

    @property
    def blob_cache(self) -> Path:
        """The directory of blobs that lie elsewhere and were used here."""
        return (self.home / "blob-cache").absolute()

    @property
    def work(self) -> Path:
        """The directory in which running jobs have their private directories."""
        return (self.home / "work").absolute()
