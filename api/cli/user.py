"""`callqa user …`: accounts from the command line; whoever can run it owns the installation."""

from __future__ import annotations

import secrets
import sys

import typer
from rich.table import Table
from sqlmodel import col, select

from api.cli.console import note, out
from models.access.accounts import AccountRow
from models.access.roles import Role
from models.access.sign_in import add_account, add_key, get_account, is_open, set_disabled, set_password
from models.access.sign_in import note as audit
from models.database import open_database, reading, session
from models.migrations import upgrade
from models.settings import Settings


def add(
    settings: Settings,
    login: str,
    *,
    role: Role,
    name: str,
    agent_id: str,
    teams: tuple[str, ...],
    from_stdin: bool,
) -> int:
    """Makes an account and prints its password, where one was made up."""
    upgrade(settings.database_url)
    engine = open_database(settings.database_url)
    password = _read(from_stdin)
    made_up = password is None
    password = password or secrets.token_urlsafe(12)
    with session(engine) as opened:
        first = is_open(opened)
        add_account(
            *(opened, login),
            name=name,
            role=role,
            password=password,
            agent_id=agent_id,
            teams=teams,
            must_change=made_up,
        )
        audit(opened, None, "add", login, who="callqa user")
    engine.dispose()
    if made_up:
        out().print(f"{login} 的临时密码(只显示这一次,首次登录必须修改):{password}", highlight=False)
    if first:
        note("有了第一个账号:从现在起页面和 API 都要登录。")
    return 0


def new_password(settings: Settings, login: str, *, from_stdin: bool) -> int:
    """Sets an account's password; a made-up one is printed once."""
    engine = open_database(settings.database_url)
    password = _read(from_stdin)
    made = password or secrets.token_urlsafe(12)
    with session(engine) as opened:
        set_password(opened, get_account(opened, login), made, must_change=password is None)
        audit(opened, None, "password", login, who="callqa user")
    engine.dispose()
    if password is None:
        out().print(f"{login} 的临时密码(只显示这一次,首次登录必须修改):{made}", highlight=False)
    return 0


def shut(settings: Settings, login: str, *, disabled: bool) -> int:
    """Shuts an account, or opens it again."""
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        set_disabled(opened, get_account(opened, login), disabled=disabled)
        audit(opened, None, "disable" if disabled else "enable", login, who="callqa user")
    engine.dispose()
    return 0


def key(settings: Settings, login: str, label: str) -> int:
    """Prints a new key with which a program acts as the account."""
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        made = add_key(opened, get_account(opened, login), label)
        audit(opened, None, "key", f"{login} {label}", who="callqa user")
    engine.dispose()
    out().print(made, highlight=False)
    note("密钥只显示这一次。程序在请求头里带上 Authorization: Bearer <密钥>。")
    return 0


def show(settings: Settings) -> int:
    """All accounts as a table."""
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        rows = opened.exec(select(AccountRow).order_by(col(AccountRow.login))).all()
    engine.dispose()
    if not rows:
        note("还没有账号,任何人都不用登录。建第一个管理员:callqa user add 登录名 --role admin")
        return 0
    table = Table("登录名", "姓名", "角色", "可见范围", "状态")
    for row in rows:
        table.add_row(
            *(row.login, row.name, row.role, row.agent_id or ", ".join(row.teams) or "全部"),
            "已停用" if row.disabled else "正常",
        )
    out().print(table)
    return 0


def _read(from_stdin: bool) -> str | None:
    """The password of the standard input; None where one is to be made up."""
    if not from_stdin:
        return None
    if sys.stdin.isatty():
        return str(typer.prompt("密码 · Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
