"""Signing in and out, and who a cookie or a key belongs to."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.access.accounts import AccessKeyRow, AccountRow, AuditRow, SignInRow
from models.access.passwords import check_password, hash_password, verify_password
from models.access.roles import Access, Role
from models.columns import utc_now
from qa_engine.errors import BadInput, CallQAError, Conflict, NotFound

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
FREE_FAILURES = 5
KEY_PREFIX = "callqa_"
# What somebody who signs in may leave wrong: the fifth failure locks for a minute, each further one twice as long.
_LOCK = timedelta(minutes=1)
_LONGEST_LOCK = timedelta(hours=1)


class SignInRefused(CallQAError):
    """Login and password do not belong together, or the account is disabled: the answer does not say which."""

    code = "sign_in_refused"
    http_status = 401


class TooManyFailures(CallQAError):
    """The account is locked for a while."""

    code = "too_many_failures"
    http_status = 429


def sha(secret: str) -> str:
    """What is stored of a cookie or a key: both are 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_open(opened: Session) -> bool:
    """Whether nobody signs in here, because there is no account yet."""
    return opened.exec(select(AccountRow.id).limit(1)).first() is None


def access_of(account: AccountRow) -> Access:
    """What an account may do and see."""
    assert account.id is not None
    return Access(
        account.id, account.login, account.name, Role(account.role), account.agent_id, tuple(account.teams)
    )


def note(
    opened: Session, access: Access | None, did: str, about: str = "", *, status: int = 0, who: str = ""
) -> None:
    """Writes what was done into the audit table."""
    opened.add(
        AuditRow(
            account_id=access.account_id if access else None,
            who=(access.login if access else who)[:60],
            did=did[:120],
            about=about[:300],
            status=status,
        )
    )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the cookie's secret, kept nowhere else, and whose it is."""

    token: str
    access: Access
    must_change: bool


def sign_in(opened: Session, login: str, password: str) -> SignedIn | CallQAError:
    """The new session, or the error to answer with: failures are counted in this transaction, so it is not raised."""
    now = utc_now()
    account = opened.exec(
        select(AccountRow).where(AccountRow.login == login.strip().lower()).with_for_update()
    ).first()
    if account is not None and account.locked_until is not None and account.locked_until > now:
        minutes = -(-(account.locked_until - now).total_seconds() // 60)
        return TooManyFailures(
            "密码错误次数过多,账号暂时锁定", hint=f"请约 {minutes:.0f} 分钟后再试,或请管理员重设密码"
        )
    right = verify_password(account.password if account else "", password)
    if account is None or not right or account.disabled:
        if account is not None and not right:
            account.failures += 1
            over = account.failures - FREE_FAILURES
            if over >= 0:
                account.locked_until = now + min(_LOCK * 2 ** min(over, 10), _LONGEST_LOCK)
            opened.add(account)
        note(opened, None, "sign_in_refused", who=login.strip().lower())
        return SignInRefused("登录名或密码不对", hint="忘记密码请找管理员重设")
    account.failures, account.locked_until = 0, None
    opened.add(account)
    token = secrets.token_urlsafe(32)
    assert account.id is not None
    opened.add(SignInRow(token_sha=sha(token), account_id=account.id))
    opened.execute(delete(SignInRow).where(col(SignInRow.began_at) < now - LONGEST))
    access = access_of(account)
    note(opened, access, "sign_in")
    return SignedIn(token, access, account.must_change)


def sign_out(opened: Session, token: str) -> None:
    """Ends a session; one that there is not is ended already."""
    opened.execute(delete(SignInRow).where(col(SignInRow.token_sha) == sha(token)))


def by_token(opened: Session, token: str) -> tuple[SignInRow, AccountRow] | None:
    """The session of a cookie and its account; None where it has ended or never was."""
    now = utc_now()
    found = opened.exec(
        select(SignInRow, AccountRow)
        .where(col(AccountRow.id) == col(SignInRow.account_id))
        .where(SignInRow.token_sha == sha(token), col(AccountRow.disabled).is_(False))
    ).first()
    if found is None or found[0].seen_at < now - IDLE or found[0].began_at < now - LONGEST:
        return None
    return found[0], found[1]


def by_key(opened: Session, key: str) -> AccountRow | None:
    """The account of a program's key."""
    return opened.exec(
        select(AccountRow)
        .join(AccessKeyRow, col(AccessKeyRow.account_id) == col(AccountRow.id))
        .where(AccessKeyRow.key_sha == sha(key), col(AccountRow.disabled).is_(False))
    ).first()


def is_due(row: SignInRow, now: datetime) -> bool:
    """Whether it is time to note that the session was seen."""
    return row.seen_at < now - SEEN_EVERY


def add_account(
    opened: Session,
    login: str,
    *,
    name: str,
    role: Role,
    password: str,
    agent_id: str = "",
    teams: tuple[str, ...] = (),
    must_change: bool = False,
) -> AccountRow:
    """A new account. Raises `BadInput` for one that could see nothing or everything by mistake, `Conflict` for a login
    that is taken."""
    login = login.strip().lower()
    if not login or not all(char.isalnum() or char in "._-@" for char in login) or len(login) > 60:
        raise BadInput(f"登录名 {login!r} 不可用", hint="用字母、数字和 . _ - @,最多 60 个字符")
    if role is Role.AGENT and not agent_id:
        raise BadInput("坐席账号没有坐席编号", hint="坐席只看自己的通话,请给出外呼系统里的坐席编号")
    if role is Role.TEAM_LEAD and not teams:
        raise BadInput("班组长账号没有团队", hint="班组长只看自己团队的通话,请至少给出一个团队编号")
    if is_open(opened) and role is not Role.ADMIN:
        raise BadInput("第一个账号必须是管理员", hint="有了账号,页面就要登录;请先建管理员(admin),再建其他人")
    if opened.exec(select(AccountRow).where(AccountRow.login == login)).first() is not None:
        raise Conflict(f"登录名 {login} 已经有了", hint="换一个,或用 callqa user list 查看")
    check_password(password, login=login)
    account = AccountRow(
        login=login,
        name=name.strip()[:60] or login,
        role=role.value,
        agent_id=agent_id,
        teams=list(teams),
        password=hash_password(password),
        must_change=must_change,
    )
    opened.add(account)
    opened.flush()
    return account


def get_account(opened: Session, login: str) -> AccountRow:
    """Raises `NotFound`."""
    account = opened.exec(select(AccountRow).where(AccountRow.login == login.strip().lower())).first()
    if account is None:
        raise NotFound(f"没有账号 {login}", hint="callqa user list 列出全部账号")
    return account


def set_password(opened: Session, account: AccountRow, password: str, *, must_change: bool = False) -> None:
    """A new password, which ends all sessions of the account and its lock."""
    check_password(password, login=account.login)
    account.password, account.must_change = hash_password(password), must_change
    account.failures, account.locked_until = 0, None
    opened.add(account)
    opened.execute(delete(SignInRow).where(col(SignInRow.account_id) == account.id))


def set_disabled(opened: Session, account: AccountRow, *, disabled: bool) -> None:
    """Shuts an account, which ends its sessions, or opens it again. Raises `Conflict` for the last admin."""
    if disabled and account.role == Role.ADMIN:
        others = opened.exec(
            select(AccountRow.id).where(
                AccountRow.role == Role.ADMIN.value,
                col(AccountRow.disabled).is_(False),
                col(AccountRow.id) != account.id,
            )
        ).first()
        if others is None:
            raise Conflict("这是最后一个管理员", hint="先建另一个管理员账号")
    account.disabled = disabled
    opened.add(account)
    if disabled:
        opened.execute(delete(SignInRow).where(col(SignInRow.account_id) == account.id))


def add_key(opened: Session, account: AccountRow, label: str) -> str:
    """A new key for a program; it is shown once."""
    assert account.id is not None
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    opened.add(AccessKeyRow(key_sha=sha(key), account_id=account.id, label=label[:60]))
    return key
