"""The mapping file of a dialer's generic table: which column is which field, and what each disposition means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from qa_engine.dialer.cells import yes
from qa_engine.dialer.columns import Columns, Document, Vocabulary, parse_mapping_file, section
from qa_engine.dialer.outcomes import Level, normal

SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "key": """
            key unique_key uid record_id
            key id uniqueid unique_id uuid call_id callid 通话编号 通话id 呼叫编号 呼叫id 话单编号 话单号
            话单id 录音编号 流水号 通话流水号 编号 唯一标识 唯一编号 记录编号
            """,
        "started_at": """
            started_at start start_time starttime call_time call_date calldate datetime begin_time
            开始时间 通话开始时间 呼叫时间 呼叫开始时间 拨打时间 拨号时间 外呼时间 呼出时间 起始时间
            通话时间 日期时间 呼叫日期时间 发起时间
            """,
        "date": "date 日期 呼叫日期 通话日期 拨打日期",
        "time": "time 时间 时刻",
        "answered_at": "answered_at answer answer_time 接通时间 应答时间 接听时间",
        "ended_at": "ended_at end end_time 结束时间 挂断时间 通话结束时间",
        "duration_s": """
            length_in_sec duration_sec duration_seconds total_seconds total_s length_s duration_s
            duration 总时长 呼叫时长 总通话时长 呼叫总时长 时长
            """,
        "talk_s": """
            talk_seconds talk_duration bill_sec bill_seconds
            talk_s talk talk_time talk_sec billsec bill_s 通话时长 通话秒数 计费时长 接通时长 对话时长
            交谈时长
            """,
        "hold_s": "hold_sec hold_seconds hold_s hold hold_time 保持时长 保持时间",
        "acw_s": """
            acw_sec acw_seconds wrap_s wrap_sec wrapup dispo_sec after_call_s acw_s acw wrap wrap_up
            话后时长 话后处理时长 整理时长 事后处理时长 话后处理时间
            """,
        "agent_id": """
            agentid user_id seat agent_no
            agent_id agent user ext extension 坐席 坐席工号 坐席编号 座席 座席工号 座席编号 工号 员工号
            员工工号 员工编号 客服工号 分机 分机号 坐席id
            """,
        "agent_name": """
            full_name agent_name 坐席姓名 座席姓名 员工姓名 客服 客服姓名 业务员 销售 姓名 坐席名称
            """,
        "team_id": """
            teamid group_id
            team_id team group user_group 团队 班组 小组 组别 部门 技能组 所属团队 所属班组 坐席组
            团队编号
            """,
        "campaign": """
            campaign campaign_id project 项目 活动 任务 任务名称 项目名称 活动名称 外呼任务 营销活动
            """,
        "phone": """
            phone_no callee_number called to tel telephone customer_phone
            phone phone_number number dst callee mobile 客户号码 被叫 被叫号码 电话 电话号码 手机 手机号
            手机号码 客户电话 客户手机 联系电话 号码 呼叫号码
            """,
        "lead": """
            leadid customer customerid lead lead_id customer_id 客户编号 客户id 名单编号 线索编号 线索id
            客户号
            """,
        "status": """
            call_result call_status
            status disposition result outcome 状态 结果 通话结果 呼叫结果 外呼结果 拨打结果 通话状态
            呼叫状态 小结 通话小结 话务小结 跟进结果 处理结果
            """,
        "direction": "direction type 方向 呼叫方向 通话类型 呼叫类型",
        "connected": "connected answered is_connected 是否接通 接通 是否应答",
    }
)
_LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        **{level.value: level for level in Level},
        **dict.fromkeys(
            [
                "none",
                "no_answer",
                "unanswered",
                "not_answered",
                "not_connect",
                "no_connect",
                "unconnected",
                "failed",
                "declined",
                "未接通",
            ],
            Level.NOT_CONNECTED,
        ),
        **dict.fromkeys(
            ["connect", "answered", "human_answered", "answer", "no_contact", "接通"], Level.CONNECTED
        ),
        **dict.fromkeys(
            [
                *("contacted", "customer_contact", "refused", "有效接触", "接触", "触达"),
                *("right_party", "right_party_contact", "本人", "intent", "意向"),
            ],
            Level.CONTACT,
        ),
        **dict.fromkeys(["sold", "成交"], Level.SALE),
    }
)
_STATUS_SECTIONS = ("statuses", "status_map", "status", "dispositions", "disposition_map")
RIGHT_PARTY = ("right_party", "right_party_contact", "本人")
INTENT = ("intent", "意向")
DIALS = Vocabulary(SYNONYMS, sections=_STATUS_SECTIONS, docs="docs/dialers.md")
FIELDS = DIALS.fields


@dataclass(frozen=True, slots=True)
class ColumnMap(Columns):
    """`statuses`: disposition (normalised) → level; empty = by the words. `right_party` and `intent`: dispositions that
    say that the named person was reached, or wants to go on; empty = the table does not tell."""

    vocabulary: Vocabulary = DIALS
    statuses: Mapping[str, Level] = field(default_factory=lambda: MappingProxyType({}))
    right_party: frozenset[str] = frozenset()
    intent: frozenset[str] = frozenset()


AS_NAMED = ColumnMap()  # columns by their usual names, dispositions by their words


def _says(flags: Mapping[object, object], *names: str) -> bool:
    """Whether any of these flags of a disposition is set: true, yes, y, 1, 是."""
    return any(yes(str(flags.get(name, ""))) for name in names)


def _level(name: str, value: object) -> Level:
    if isinstance(value, dict):
        if _says(value, "sale"):
            return Level.SALE
        if _says(value, "contact", "customer_contact", *RIGHT_PARTY, *INTENT):
            return Level.CONTACT
        answered = _says(value, "connected", "human_answered", "connect")
        return Level.CONNECTED if answered else Level.NOT_CONNECTED
    level = _LEVELS.get(normal(str(value)))
    if level is None:
        raise ValueError(f"{name}: {value}")
    return level


def _lists_words(name: object, values: list[object]) -> bool:
    """Whether a list holds the dispositions of a level, not the levels of a disposition: `成交: [sale, intent]` is the
    latter, although 成交 may name a level too."""
    levels = all(str(one).isascii() and normal(str(one)) in _LEVELS for one in values)
    return normal(str(name)) in _LEVELS and not levels


def _statuses(given: Mapping[object, object]) -> dict[str, Level]:
    """Disposition → level or list of levels, of which the furthest holds; or level → list of dispositions."""
    found: dict[str, Level] = {}
    order = list(Level)

    def add(word: str, levels: Iterable[Level]) -> None:
        known = [found[word]] if word in found else []
        found[word] = max([*known, *levels], key=order.index)

    for name, value in given.items():
        if isinstance(value, list) and not _lists_words(name, value):
            add(normal(str(name)), (_level(str(name), one) for one in value))
        elif isinstance(value, list):
            for word in value:
                add(normal(str(word)), [_level(str(name), name)])
        else:
            add(normal(str(name)), [_level(str(name), value)])
    return found


def _flagged(given: Mapping[object, object], flag: tuple[str, ...]) -> frozenset[str]:
    """The dispositions that carry a flag, in any of the ways in which levels are written."""
    found: set[str] = set()
    for name, value in given.items():
        if isinstance(value, dict):
            said = _says(value, *flag)
        elif isinstance(value, list) and normal(str(name)) in flag and _lists_words(name, value):
            found.update(normal(str(word)) for word in value)
            continue
        else:
            said = any(normal(str(one)) in flag for one in (value if isinstance(value, list) else [value]))
        if said:
            found.add(normal(str(name)))
    return frozenset(found)


def _words(document: Document) -> tuple[Mapping[str, Level], frozenset[str], frozenset[str]]:
    given = section(document, *_STATUS_SECTIONS)
    return MappingProxyType(_statuses(given)), _flagged(given, RIGHT_PARTY), _flagged(given, INTENT)


def parse_mapping(data: bytes, *, file: str) -> ColumnMap:
    """Reads the mapping file of a table of calls. Raises `BadMapping`."""
    mapped, words = parse_mapping_file(data, DIALS, _words, file=file)
    return ColumnMap(DIALS, mapped.columns, mapped.zone, mapped.time_format, *words)
