"""All settings of the product, read once from the environment (prefix `CALLQA_`) or a `.env` file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qa_engine.errors import BadSettings
from qa_engine.quality.working_time import parse_hours


class Settings(BaseSettings):
    """One typed object, made at the door (`load_settings()`) and handed in. Paths are relative to the working folder."""

    model_config = SettingsConfigDict(env_prefix="CALLQA_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///data/callqa.sqlite3",
        description="SQLAlchemy URL. SQLite for one machine; postgresql+psycopg://… for a centre.",
    )
    broker_url: str = Field(
        "memory://",
        description="Celery broker. memory:// = each worker polls the database; redis://… or amqp://… otherwise.",
    )
    storage_url: str = Field(
        "data/audio",
        description="Where recordings are kept: a folder, or an fsspec URL such as s3://bucket/prefix.",
    )
    whisper_model: str = Field(
        "demo",
        description="demo (ships with the product, knows only the sample voices), a hub name such as small or "
        "large-v3-turbo, the path of a local CTranslate2 folder, sherpa:FOLDER, or openai:MODEL at CALLQA_ASR_URL.",
    )
    whisper_device: str = Field("auto", description="auto, cpu or cuda.")
    whisper_compute_type: str = Field(
        "default", description="CTranslate2 compute type, such as int8 or float16."
    )
    whisper_threads: int = Field(
        0,
        ge=0,
        description="CPU threads for one recogniser; 0 = all cores, shared among workers as `callqa models measure` found "
        "best.",
    )
    speech_layout: Path = Field(
        Path("data/speech-layout.json"),
        description="What `callqa models measure` found: workers, threads and windows a batch for each model on this machine.",
    )
    asr_url: str | None = Field(
        None,
        description="Base URL of an OpenAI-compatible transcription endpoint such as http://127.0.0.1:8000/v1, for "
        "CALLQA_WHISPER_MODEL=openai:MODEL.",
    )
    asr_key: SecretStr | None = Field(
        None, description="Key sent to that endpoint as a bearer token; empty = none."
    )
    asr_timeout_s: float = Field(
        60.0, gt=0, le=600, description="Seconds without answer after which that endpoint counts as away."
    )
    hub_timeout_s: float = Field(
        15.0, gt=0, description="Seconds without answer after which the model hub counts as out of reach."
    )
    rubrics_dir: Path | None = Field(
        None, description="Folder with the centre's own rubrics; empty = the shipped ones."
    )
    rubrics: Annotated[
        str, Field(description="Comma-separated rubric ids that score every call to which they apply.")
    ] = "telesales-standard"
    phrases: Path | None = Field(
        None, description="YAML file whose phrase lists add to the shipped ones, such as 公司名."
    )
    hotwords: Path | None = Field(
        None,
        description="YAML file with the hot words of each campaign (company, products, agents); empty = hotwords.yaml in "
        "CALLQA_RUBRICS_DIR, where there is one.",
    )
    sentiment: Literal["trained", "snownlp", "snownlp-jieba"] = Field(
        "trained",
        description="What judges the mood: trained (the shipped table), snownlp (SnowNLP as shipped, 400 MiB), or "
        "snownlp-jieba (its table on jieba's words).",
    )
    timezone: str = Field(
        "Asia/Shanghai", description="IANA time zone in which days and permitted calling hours are counted."
    )
    today: date | None = Field(
        None,
        description="Day that pages, alerts and plans take for today, such as 2026-11-14, for data that ends on a day of its "
        "own; `callqa demo` sets it. Empty = the calendar's.",
    )
    llm_url: str | None = Field(
        None,
        description="Base URL of an OpenAI-compatible endpoint such as http://127.0.0.1:8080/v1, asked by `llm` "
        "conditions; empty = never asked, such conditions are unknown.",
    )
    llm_model: str | None = Field(
        None, description="Model name at that endpoint; pinned in every evaluation that asked it."
    )
    llm_key: SecretStr | None = Field(
        None, description="Key sent to that endpoint as a bearer token; empty = none."
    )
    llm_timeout_s: float = Field(
        30.0, gt=0, le=600, description="Seconds without answer after which the endpoint counts as away."
    )
    watch_dir: Path | None = Field(
        None, description="Folder that `callqa serve` watches for new recordings; empty = none."
    )
    watch_stable_s: float = Field(
        5.0, ge=0, description="Seconds a watched file must keep size and time before it is taken."
    )
    max_upload_mb: int = Field(512, gt=0, description="Largest recording accepted, in MB of 10^6 bytes.")
    max_decoded_s: float = Field(
        7200.0, gt=0, description="Longest recording accepted, in seconds after decoding."
    )
    lease_s: float = Field(
        60.0,
        gt=0,
        description="Seconds a worker may go without heartbeat before its job is given to another.",
    )
    max_attempts: int = Field(
        5, gt=0, description="Attempts after which a job is quarantined with its reason."
    )
    poll_s: float = Field(
        0.5, gt=0, description="Seconds between two looks of the dispatcher into the job table."
    )
    drain_s: float = Field(
        20.0,
        ge=0,
        description="Seconds that a worker asked to stop may go on with its job before it gives the job back.",
    )
    queue_prefix: str = Field(
        "callqa",
        pattern=r"^[A-Za-z0-9_.-]{1,50}$",
        description="First part of the names of the broker's queues, so that installations may share a broker.",
    )
    republish_s: float = Field(
        30.0, gt=0, description="Seconds after which a message about a job that nobody took is sent again."
    )
    host: str = Field("127.0.0.1", description="Address on which `callqa serve` listens.")
    port: int = Field(
        8000, ge=0, le=65535, description="Port on which `callqa serve` listens; 0 = any free one."
    )
    allowed_hosts: str | None = Field(
        None,
        description="Comma-separated host names under which the service may be reached; empty = its own names while "
        "it listens on this machine only, any name otherwise.",
    )
    sources: Path | None = Field(
        None, description="YAML file of the dialers that workers pull on a schedule; empty = none."
    )
    alert_rules: Path | None = Field(
        None, description="YAML file with the centre's alert rules; empty = the shipped ones."
    )
    alert_every_s: float = Field(
        60.0, gt=0, description="Seconds between two looks of the alerts at the figures."
    )
    public_url: str | None = Field(
        None, description="Address under which people open CallQA, for links in messages; empty = no links."
    )
    alert_hosts: str | None = Field(
        None,
        description="Comma-separated host names that messages may reach on the company's own network or by plain "
        "http; empty = public addresses by https only.",
    )
    alert_timeout_s: float = Field(
        10.0, gt=0, le=60, description="Seconds without answer after which a receiver counts as away."
    )
    alert_smtp_url: SecretStr | None = Field(
        None,
        description="Mail server: smtps://user:password@host:465, smtp+starttls://…:587, or smtp://host:25; empty = "
        "no mail.",
    )
    alert_email_from: str | None = Field(None, description="Sender of alert mails.")
    alert_email_to: str | None = Field(None, description="Comma-separated receivers of alert mails.")
    alert_webhook_url: SecretStr | None = Field(
        None, description="Address that gets every alert as signed JSON; empty = none."
    )
    alert_webhook_secrets: SecretStr | None = Field(
        None,
        description="One or two comma-separated secrets that sign the webhook; two while one is replaced.",
    )
    alert_wecom_url: SecretStr | None = Field(
        None, description="Address of a 企业微信 group robot; empty = none."
    )
    alert_dingtalk_url: SecretStr | None = Field(None, description="Address of a 钉钉 robot; empty = none.")
    alert_dingtalk_secret: SecretStr | None = Field(
        None, description="Its signing secret (加签); empty = unsigned."
    )
    alert_feishu_url: SecretStr | None = Field(None, description="Address of a 飞书 robot; empty = none.")
    alert_feishu_secret: SecretStr | None = Field(
        None, description="Its signing secret (签名校验); empty = unsigned."
    )
    appeal_days: int = Field(
        7,
        ge=1,
        le=365,
        description="Days after an agent was shown a score in which an appeal may be filed, and after a refusal in which "
        "the agent may insist.",
    )
    appeal_lead_h: float = Field(
        9.0, gt=0, le=1000, description="Working hours in which a team lead answers an appeal."
    )
    appeal_qa_h: float = Field(
        18.0, gt=0, le=1000, description="Working hours in which QA decides an appeal."
    )
    appeal_final_h: float = Field(
        18.0,
        gt=0,
        le=1000,
        description="Working hours in which the QA manager has the last word on an appeal.",
    )
    work_hours: str = Field(
        "09:00-18:00",
        description="Hours of a working day, as 09:00-18:00, in which the time of appeals is counted; days off are those "
        "of the calendar of targets.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field("auto", description="json, console, or auto (console on a terminal).")

    @property
    def asked_model(self) -> str:
        """The language model that is set up; empty for none."""
        return (self.llm_model or "") if self.llm_url else ""

    @field_validator("llm_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value or None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"unknown time zone {value!r}; use an IANA name such as Asia/Shanghai"
            ) from error
        return value

    @field_validator("work_hours")
    @classmethod
    def _known_hours(cls, value: str) -> str:
        try:
            parse_hours(value)
        except BadSettings as error:
            raise ValueError(f"{error.message}; {error.hint}") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def rubric_ids(self) -> tuple[str, ...]:
        """Ids of the rubrics that score every call."""
        return tuple(part.strip() for part in self.rubrics.split(",") if part.strip())


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; keyword arguments win. Raises `BadSettings` naming the variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # validated by pydantic
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "CALLQA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(f"{name}: {first['msg']}", hint=f"请修正环境变量 {name}") from error
