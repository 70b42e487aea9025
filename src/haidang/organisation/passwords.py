"""Passwords and other secrets: what is good enough, how they are kept, how they are made."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from haidang.base.problems import Fault, Problem, kind
from haidang.base.text import fold

LENGTH_MIN = 12
LENGTH_MAX = 200
_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,62})[a-z0-9]")
# Beginnings and middles of the passwords that are tried first; compared without case, accents and spaces.
_TRIED_FIRST = (
    "123456", "abcdef", "qwerty", "asdfgh", "password", "passw0rd", "matkhau", "iloveyou", "admin", "letmein",
    "vietnam", "haidang", "anhyeuem", "khongbiet", "welcome", "111111", "000000", "888888",
)  # fmt: skip
_KINDS_OF_SIGN_MIN = 5

WEAK = kind("password-weak", 400, "Mật khẩu chưa đủ an toàn", "The password is not safe enough")
BAD_USERNAME = kind("username-invalid", 400, "Tên đăng nhập không hợp lệ", "The user name is not valid")

# argon2id with the parameters of RFC 9106 for little memory: 64 MiB, three passes, four lanes.
_HASHER = PasswordHasher()


def check_username(username: str) -> str:
    """Return a user name as it is kept (lower case); raise ``Problem`` where it is none."""
    found = username.strip().lower()
    if not _USERNAME.fullmatch(found):
        raise Problem(
            BAD_USERNAME,
            "Tên đăng nhập gồm 3–64 chữ cái không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới.",
            "A user name has 3 to 64 letters without accents, digits, dots, hyphens or underscores.",
            faults=(Fault("username", "không hợp lệ", "not valid"),),
        )
    return found


def weakness(password: str, username: str) -> tuple[str, str] | None:
    """Return why a password will not do, in Vietnamese and English, or ``None`` where it will."""
    plain = re.sub(r"\s", "", fold(password))
    if len(password) < LENGTH_MIN:
        return f"cần ít nhất {LENGTH_MIN} ký tự", f"at least {LENGTH_MIN} characters are needed"
    if len(password) > LENGTH_MAX:
        return f"dài tối đa {LENGTH_MAX} ký tự", f"at most {LENGTH_MAX} characters"
    if len(set(plain)) < _KINDS_OF_SIGN_MIN:
        return "lặp lại quá ít ký tự", "too few different characters"
    if username and fold(username) in plain:
        return "không được chứa tên đăng nhập", "it must not contain the user name"
    rest = plain
    for word in _TRIED_FIRST:
        rest = rest.replace(word, "")
    if len(rest) < LENGTH_MIN // 2 or plain.isdigit():
        return "quá dễ đoán", "too easy to guess"
    return None


def check_password(password: str, username: str) -> None:
    """Raise ``Problem`` where a new password is too weak."""
    found = weakness(password, username)
    if found:
        vi, en = found
        raise Problem(WEAK, f"Mật khẩu {vi}.", f"The password: {en}.", faults=(Fault("password", vi, en),))


async def hash_password(password: str) -> str:
    """Return the argon2id hash, made off the event loop's thread."""
    async with _turn():
        return await asyncio.to_thread(_HASHER.hash, password)


async def password_fits(password: str, password_hash: str | None) -> bool:
    """Say whether a password fits; without a hash the same time is spent and the answer is no."""
    async with _turn():
        return await asyncio.to_thread(_fits, password, password_hash)


def _fits(password: str, password_hash: str | None) -> bool:
    try:
        return _HASHER.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


def _turn() -> asyncio.Semaphore:
    # Two at a time: each takes 64 MiB and a core, and a flood of sign-ins must not starve the rest.
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(2))


def new_secret(prefix: str = "") -> str:
    """Return a secret of 256 bits that can stand in an address or a header."""
    return prefix + secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """Return the form in which such a secret is kept: it has too much chance in it to be guessed back."""
    return hashlib.sha256(secret.encode()).digest()
