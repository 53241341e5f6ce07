"""Passwords: argon2id (RFC 9106, the library's low-memory profile), a few at a time, because each takes 64 MiB."""

from __future__ import annotations

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from qa_engine.errors import BadInput

SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher()
_TURNS = threading.BoundedSemaphore(2)
_NOBODY = ""
_COMMON = ("password", "qwertyuiop", "1234567890", "0123456789", "callqa", "abcdefghij")


class WeakPassword(BadInput):
    """A password that is easily guessed."""

    code = "weak_password"


def check_password(password: str, *, login: str) -> None:
    """Raises `WeakPassword` for one that is short, long, or made of the login, one character or a well-known row."""
    low = password.lower()
    why = ""
    if not SHORTEST <= len(password) <= LONGEST:
        why = f"应为 {SHORTEST} 到 {LONGEST} 个字符,现为 {len(password)} 个"
    elif len(set(low)) < 4:
        why = "重复的字符太多"
    elif login and login.lower() in low:
        why = "不能包含登录名"
    elif any(row in low for row in _COMMON):
        why = "包含常见的密码"
    if why:
        raise WeakPassword(f"密码太弱:{why}", hint="用几个互不相干的词,或由密码管理器生成")


def hash_password(password: str) -> str:
    """What is stored."""
    with _TURNS:
        return _HASHER.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Whether it is the password. An empty `stored` takes as long and is never right: a login that does not exist
    answers like one that does."""
    global _NOBODY  # noqa: PLW0603 (made once, on first use: it takes half a second)
    with _TURNS:
        if not stored and not _NOBODY:
            _NOBODY = _HASHER.hash(secrets.token_hex())
        try:
            return _HASHER.verify(stored or _NOBODY, password[: LONGEST + 1]) and bool(stored)
        except (VerifyMismatchError, InvalidHashError):
            return False
