"""The mapping file of a generic table: which column is which field, the time zone, what each disposition means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from qa_engine.dialer.outcomes import Level, normal
from qa_engine.errors import BadInput, Where

MAX_MAPPING_BYTES = 200_000
# Field → the names under which tables usually have it; brackets with units are left out before the look-up.
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
FIELDS = tuple(SYNONYMS)
_FIELD_OF = MappingProxyType({name: key for key, names in SYNONYMS.items() for name in names.split()})
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
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
            ["contacted", "customer_contact", "refused", "有效接触", "接触", "触达"], Level.CONTACT
        ),
        **dict.fromkeys(["sold", "成交"], Level.SALE),
    }
)
_SECTIONS = ("columns", "fields", "mapping", "map")
_STATUS_SECTIONS = ("statuses", "status_map", "status", "dispositions", "disposition_map")
_ZONES = ("timezone", "time_zone", "tz", "zone")
_SETTINGS = frozenset({*_STATUS_SECTIONS, *_ZONES, "time_format", "format"})


class BadMapping(BadInput):
    """A mapping file that cannot be used."""

    code = "bad_mapping"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """`columns`: column name (lower case) → field; empty = by their usual names. `statuses`: disposition (normalised)
    → level; empty = by the words. `zone` None = the tenant's; `time_format` is strptime's, None = as usually written."""

    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    statuses: Mapping[str, Level] = field(default_factory=lambda: MappingProxyType({}))
    zone: ZoneInfo | None = None
    time_format: str | None = None

    def field_of(self, column: str) -> str | None:
        """The field of a column of the table."""
        if self.columns:
            return self.columns.get(column)
        bare = _BRACKETS.sub("", column).strip().replace(" ", "_")
        return _FIELD_OF.get(bare) or _FIELD_OF.get(bare.replace("_", ""))


AS_NAMED = ColumnMap()  # columns by their usual names, dispositions by their words


def _canonical(name: object) -> str | None:
    return (
        _FIELD_OF.get(str(name).strip().lower())
        if str(name).strip().lower() not in FIELDS
        else str(name).strip().lower()
    )


def _pairs(name: object, value: object) -> list[tuple[str, str]]:
    """(column, field) of one line, written either way round: `started_at: 呼叫时间` or `呼叫时间: started_at`."""
    if str(name) in FIELDS:
        columns = value if isinstance(value, list) else [value]
        if str(name) == "started_at" and len(columns) == 2:
            return [(str(columns[0]), "date"), (str(columns[1]), "time")]
        return [(str(column), str(name)) for column in columns if column is not None]
    target = _canonical(value)
    if target is None:
        raise ValueError(f"{name}: {value}")
    return [(str(name), target)]


def _level(name: str, value: object) -> Level:
    if isinstance(value, dict):
        if value.get("sale"):
            return Level.SALE
        if value.get("contact") or value.get("customer_contact"):
            return Level.CONTACT
        answered = value.get("connected") or value.get("human_answered") or value.get("connect")
        return Level.CONNECTED if answered else Level.NOT_CONNECTED
    level = _LEVELS.get(normal(str(value)))
    if level is None:
        raise ValueError(f"{name}: {value}")
    return level


def _statuses(given: Mapping[object, object]) -> dict[str, Level]:
    """Disposition → level or list of levels, of which the furthest holds; or level → list of dispositions."""
    found: dict[str, Level] = {}
    order = list(Level)
    for name, value in given.items():
        if isinstance(value, list) and normal(str(name)) not in _LEVELS:
            found[normal(str(name))] = max((_level(str(name), one) for one in value), key=order.index)
        elif isinstance(value, list):
            level = _level(str(name), name)
            found |= {normal(str(word)): level for word in value}
        else:
            found[normal(str(name))] = _level(str(name), value)
    return found


def _section(document: Mapping[str, object], *keys: str) -> Mapping[object, object]:
    for key in keys:
        value = document.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            raise ValueError(f"{key}: {value}")
    return {}


def _columns(document: Mapping[str, object]) -> Mapping[object, object]:
    """The section of columns; a file without any sections is one itself."""
    if any(name in document for name in (*_SECTIONS, *_STATUS_SECTIONS)):
        return _section(document, *_SECTIONS)
    return {name: value for name, value in document.items() if name not in _SETTINGS}


def _zone(document: Mapping[str, object]) -> ZoneInfo | None:
    name = next((document[key] for key in _ZONES if document.get(key)), None)
    return ZoneInfo(str(name)) if name else None


def parse_mapping(data: bytes, *, file: str) -> ColumnMap:
    """Reads a mapping file (YAML, or JSON as its subset). Raises `BadMapping`."""
    where = Where(file)
    hint = "格式与例子见 docs/dialers.md"
    if len(data) > MAX_MAPPING_BYTES:
        raise BadMapping(f"映射文件超过 {MAX_MAPPING_BYTES // 1000} kB", hint=hint, where=where)
    try:
        text = data.decode("utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ValueError("不支持 YAML 别名")  # noqa: TRY301 (one way out for all faults)
        document = yaml.safe_load(text)
        if not isinstance(document, dict):
            raise ValueError("应为键值结构")  # noqa: TRY004, TRY301 (as above)
        columns = [pair for name, value in _columns(document).items() for pair in _pairs(name, value)]
        statuses = _statuses(_section(document, *_STATUS_SECTIONS))
        zone = _zone(document)
    except (ValueError, yaml.YAMLError, ZoneInfoNotFoundError, UnicodeDecodeError) as error:
        raise BadMapping(f"映射文件无法使用:{str(error)[:200]}", hint=hint, where=where) from error
    time_format = document.get("time_format")
    return ColumnMap(
        MappingProxyType({column.strip().lower(): name for column, name in columns}),
        MappingProxyType(statuses),
        zone,
        str(time_format) if time_format else None,
    )


def unknown_columns(mapping: ColumnMap, header: Sequence[str]) -> list[str]:
    """Columns that the mapping names and the table lacks."""
    return [column for column in mapping.columns if column not in header]
