"""Who of the speakers in a foreign transcript is the agent: what the file or the importer says, else a marked guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qa_engine.calls import Call, CallId, EngineInfo, Role, RoleSource, Transcript, Turn, Word
from qa_engine.errors import Where
from qa_engine.exchange import BadTranscript
from qa_engine.speech.imports.base import Foreign, Line
from qa_engine.speech.roles import Roles, voice_roles

# A name that means a role wherever it is written.
AGENT_NAMES: Final = frozenset({"agent", "坐席", "座席", "客服", "销售", "员工", "业务员", "顾问", "坐席员"})
CUSTOMER_NAMES: Final = frozenset({"customer", "client", "客户", "用户", "顾客", "被叫", "caller"})
# A speaker nobody else is beside: what the other side said is in the same stream.
ALONE_CONFIDENCE: Final = 0.3


def to_call(
    foreign: Foreign,
    *,
    call_id: str,
    agent_speaker: str | None = None,
    agent_channel: int | None = None,
    file: str | None = None,
) -> Call:
    """The call of a foreign transcript: roles decided, turns in order, words inside their turns.

    Raises BadTranscript where `agent_speaker` or `agent_channel` is not in the file."""
    speakers = list(dict.fromkeys(_key(line) for line in foreign.lines))
    roles = _roles(foreign.lines, speakers, agent_speaker, agent_channel, file)
    by_key = dict(zip(speakers, roles.by_index, strict=True))
    turns = sorted(
        (_turn(line, line.role or by_key[_key(line)]) for line in foreign.lines), key=lambda t: t.start_s
    )
    end_s = max((turn.end_s for turn in turns), default=0.0)
    transcript = Transcript(
        CallId(call_id),
        max(foreign.duration_s or 0.0, end_s),
        tuple(turns),
        "zh" if foreign.language.lower().startswith(("zh", "cmn", "chinese")) else foreign.language[:20],
        EngineInfo(foreign.maker),
        roles.source,
        roles.confidence,
    )
    return Call(transcript)


def _key(line: Line) -> str:
    return line.speaker or ("" if line.channel is None else str(line.channel))


def _roles(
    lines: Sequence[Line],
    speakers: Sequence[str],
    agent_speaker: str | None,
    agent_channel: int | None,
    file: str | None,
) -> Roles:
    """A role a speaker."""
    if agent_speaker is not None:
        wanted = agent_speaker.strip().lower()
        agents = [wanted in _names(lines, key) for key in speakers]
        if speakers and not any(agents):
            raise BadTranscript(
                f"文字稿里没有说话人 {agent_speaker.strip()[:50]}",
                hint=f"文件里有:{'、'.join(key or '(未标说话人)' for key in speakers[:8])}",
                where=Where(file),
            )
        return _known(agents)
    channels = {key: next(line.channel for line in lines if _key(line) == key) for key in speakers}
    if agent_channel is not None and speakers and None not in channels.values():
        agents = [channels[key] == agent_channel for key in speakers]
        if not any(agents) and len(speakers) > 1:
            raise BadTranscript(
                f"文字稿里没有声道 {agent_channel}",
                hint=f"文件里有:{'、'.join(sorted(str(number) for number in channels.values()))}",
                where=Where(file),
            )
        return _known(agents)
    named = [_named_role(lines, key) for key in speakers]
    if speakers and None not in named and (len(set(named)) > 1 or len(speakers) == 1):
        return Roles(tuple(role for role in named if role), RoleSource.IMPORTED, 1.0)
    return _guessed(lines, speakers)


def _names(lines: Sequence[Line], key: str) -> set[str]:
    """What a speaker may be called by: its label, its channel number, `ch_1` for 1."""
    names = {key.lower()} | {
        f"{line.channel}" for line in lines if _key(line) == key and line.channel is not None
    }
    return names | {f"ch_{name}" for name in names if name.isdigit()}


def _known(agents: Sequence[bool]) -> Roles:
    by_index = tuple(Role.AGENT if agent else Role.CUSTOMER for agent in agents)
    return Roles(by_index, RoleSource.IMPORTED, 1.0)


def _named_role(lines: Sequence[Line], key: str) -> Role | None:
    said = next((line.role for line in lines if _key(line) == key and line.role), None)
    if said:
        return said
    name = key.lower().rstrip("0123456789 _")
    return Role.AGENT if name in AGENT_NAMES else Role.CUSTOMER if name in CUSTOMER_NAMES else None


def _guessed(lines: Sequence[Line], speakers: Sequence[str]) -> Roles:
    """The two who say most are told apart by what they say; whoever is left is taken for a customer, less surely."""
    if len(speakers) < 2:
        texts = [[line.text for line in lines]] if speakers else []
        guess = voice_roles(texts, 1.0)
        return Roles(
            guess.by_index[: len(speakers)], RoleSource.GUESS, min(guess.confidence, ALONE_CONFIDENCE)
        )
    said = {key: [line.text for line in lines if _key(line) == key] for key in speakers}
    most = sorted(speakers, key=lambda key: -sum(map(len, said[key])))[:2]
    most.sort(key=speakers.index)
    guess = voice_roles([said[key] for key in most], 1.0)
    roles = dict(zip(most, guess.by_index, strict=True))
    by_index = tuple(roles.get(key, Role.CUSTOMER) for key in speakers)
    return Roles(by_index, RoleSource.GUESS, round(guess.confidence * 2 / len(speakers), 3))


def _turn(line: Line, role: Role) -> Turn:
    words = tuple(
        Word(
            word.text,
            min(max(word.start_s, line.start_s), line.end_s),
            min(max(word.end_s, line.start_s), line.end_s),
            word.confidence,
        )
        for word in sorted(line.words, key=lambda word: word.start_s)
    )
    return Turn(role, line.start_s, line.end_s, line.text.strip(), line.confidence, words, line.channel)
