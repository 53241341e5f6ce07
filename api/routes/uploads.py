"""Taking recordings in over HTTP: the receipt is given when the recording is durable, never before."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import StringConstraints

from api.deps import Services, ServicesDep
from api.errors import BadRequest, BodyTooLarge, responses
from api.routes.bodies.calls import ReceiptBody
from api.routes.parameters import Text
from models.ingest import MAX_TRANSCRIPT_BYTES, Handed, Receipt, receive_recording, receive_transcript
from models.manifest import parse_time
from models.settings import Settings
from models.storage import CHUNK_BYTES
from models.two_files import Side, receive_sides
from qa_engine.calls import CallFacts
from qa_engine.errors import BadInput, Conflict
from qa_engine.speech.errors import NotAudio
from qa_engine.speech.imports import FORMATS, looks_like_transcript

router = APIRouter(tags=["calls"])
SHA256 = re.compile(r"[0-9a-f]{64}")
Source = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


class WrongChecksum(Conflict):
    """What arrived is not what the client says it sent."""

    code = "wrong_checksum"
    http_status = 422


class UnsupportedMedia(BadInput):
    """Not a recording in a format that is accepted."""

    code = "not_audio"
    http_status = 415


@router.post(
    "/calls",
    summary="上传录音 · Hand a recording in",
    status_code=201,
    response_description="新接收,已持久保存 · New, durable",
    responses={
        200: {
            "model": ReceiptBody,
            "description": "此前已接收,同一张回执 · Handed in before, the same receipt",
        },
        **responses(409, 413, 415, 507),
    },
)
def upload(  # noqa: PLR0917 (form fields)
    services: ServicesDep,
    response: Response,
    file: Annotated[
        UploadFile,
        File(
            description="录音,或 callqa.transcript/1 文字稿 · Recording or transcript",
            examples=["@ins-001.wav"],
        ),
    ],
    transcript: Annotated[
        UploadFile | None,
        File(
            description="已有的文字稿,不再转写 · Its transcript, made elsewhere", examples=["@ins-001.json"]
        ),
    ] = None,
    sha256: Annotated[
        Text | None,
        Form(
            description="file 的 SHA-256,十六进制,用于核对 · Of file, hex; checked",
            examples=["9f86d081884c7d65…"],
        ),
    ] = None,
    external_id: Annotated[
        Text | None, Form(description="拨号系统的编号 · Id in the dialer", examples=["2026110215083100"])
    ] = None,
    source: Annotated[Source, Form(description="编号所属的系统 · System that gave the id")] = "upload",
    agent_id: Annotated[Text | None, Form(examples=["A001"])] = None,
    agent_name: Annotated[Text | None, Form(examples=["李晓梅"])] = None,
    team_id: Annotated[Text | None, Form(examples=["T1"])] = None,
    campaign: Annotated[Text | None, Form(examples=["ins-2026"])] = None,
    direction: Annotated[Text | None, Form(examples=["outbound"])] = None,
    started_at: Annotated[
        Text | None,
        Form(
            description="ISO 8601;无时区则按 CALLQA_TIMEZONE · Local time without offset",
            examples=["2026-11-02T15:08:31+08:00"],
        ),
    ] = None,
    disposition: Annotated[Text | None, Form(examples=["SALE"])] = None,
    customer_id: Annotated[Text | None, Form(examples=["C010"])] = None,
    agent_channel: Annotated[
        Literal["0", "1", ""] | None, Form(description="坐席声道,0 左 1 右 · Agent's channel", examples=["0"])
    ] = None,
    agent_speaker: Annotated[
        Text | None,
        Form(
            description="文字稿里坐席的标签 · The agent's label in the transcript", examples=["spk_0", "坐席"]
        ),
    ] = None,
    transcript_format: Annotated[
        Literal["", *FORMATS] | None,  # type: ignore[valid-type]  # the names of the registry
        Form(description="文字稿格式,缺省自动识别 · Format of the transcript, else found out"),
    ] = None,
    customer_file: Annotated[
        UploadFile | None,
        File(
            description="分轨录音:客户一方的录音,file 则只含坐席 · The customer's side, where `file` holds the agent's",
            examples=["@ins-001-customer.wav"],
        ),
    ] = None,
    customer_offset_s: Annotated[
        float,
        Form(
            description="customer_file 比 file 晚开始的秒数 · Seconds by which it begins later",
            ge=-86_400,
            le=86_400,
            allow_inf_nan=False,
        ),
    ] = 0.0,
) -> ReceiptBody:
    """Idempotent: the same id and content give the same receipt (200); the same id with other content is 409."""
    facts = CallFacts(
        agent_id=agent_id,
        agent_name=agent_name,
        team_id=team_id,
        campaign=campaign,
        direction=direction,
        started_at=_moment(started_at, services.settings),
        disposition=disposition,
        customer_id=customer_id,
    )
    handed = Handed(
        facts,
        source,
        external_id or None,
        file.filename or "",
        int(agent_channel) if agent_channel else None,
        transcript_format or None,
        agent_speaker or None,
    )
    _check_sha256(file, sha256)
    sides = _Sides(_side(file), _side(customer_file), customer_offset_s) if customer_file else None
    receipt = _receive(services, handed, file, transcript, sides)
    response.status_code = 201 if receipt.created else 200
    response.headers["Location"] = f"/api/v1/calls/{receipt.call_id}"
    return ReceiptBody(
        call_id=receipt.call_id,
        external_id=external_id or None,
        sha256=receipt.sha256,
        created=receipt.created,
        state=receipt.state,
        url=f"/api/v1/calls/{receipt.call_id}",
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    agent: Side
    customer: Side
    offset_s: float


def _side(file: UploadFile) -> Side:
    return Side(file.filename or "", file.file)


def _receive(
    services: Services,
    handed: Handed,
    file: UploadFile,
    transcript: UploadFile | None,
    sides: _Sides | None,
) -> Receipt:
    settings, engine, storage = services.settings, services.engine, services.storage
    if sides is None and transcript is None and (handed.form or _is_transcript(file)):
        document = _small(file)
        return receive_transcript(engine, storage, settings=settings, handed=handed, document=document)
    try:
        if sides is not None:
            return receive_sides(
                engine,
                storage,
                settings=settings,
                handed=handed,
                agent=sides.agent,
                customer=sides.customer,
                customer_offset_s=sides.offset_s,
                transcript=_small(transcript) if transcript else None,
            )
        return receive_recording(
            engine,
            storage,
            settings=settings,
            handed=handed,
            stream=file.file,
            transcript=_small(transcript) if transcript else None,
        )
    except NotAudio as error:
        raise UnsupportedMedia(error.message, hint=error.hint, where=error.where) from error


def _is_transcript(file: UploadFile) -> bool:
    head = file.file.read(400)
    file.file.seek(0)
    return looks_like_transcript(head)


def _small(file: UploadFile) -> bytes:
    data = file.file.read(MAX_TRANSCRIPT_BYTES + 1)
    if len(data) > MAX_TRANSCRIPT_BYTES:
        raise BodyTooLarge(
            f"文字稿超过 {MAX_TRANSCRIPT_BYTES // 1_000_000} MB", hint="请确认这是一通电话的文字稿"
        )
    return data


def _check_sha256(file: UploadFile, wanted: str | None) -> None:
    """Raises `WrongChecksum` where the connection changed or cut the file."""
    if not wanted:
        return
    wanted = wanted.strip().lower()
    if not SHA256.fullmatch(wanted):
        raise BadRequest("sha256 应为 64 位十六进制", hint="例如 sha256sum 命令的输出")
    found = _sha256(file)
    if found != wanted:
        raise WrongChecksum(
            f"收到的内容与 sha256 不符(实为 {found[:12]}…)", hint="传输中有改动或截断,请重新上传"
        )


def _sha256(file: UploadFile) -> str:
    digest = hashlib.sha256()
    while chunk := file.file.read(CHUNK_BYTES):
        digest.update(chunk)
    file.file.seek(0)
    return digest.hexdigest()


def _moment(text: str | None, settings: Settings) -> datetime | None:
    try:
        moment = parse_time(text or "", settings.zone)
        return moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"started_at 不是时间:{text}", hint="例如 2026-11-02T15:08:31+08:00") from error
