"""Passwords: argon2id off the event loop, few at once; two profiles of what is strong enough.

The profile `dengbao` asks for three kinds of characters as graded protection does (GB/T 22239-2019); `modern` asks for length alone
(NIST SP 800-63B) and is the default. Neither ever accepts the account's own name or a word everybody tries first.
"""

import asyncio
import secrets
import string

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from training_admin.kit.refusals import Refusal

HASHES_AT_ONCE = 2
LONGEST = 128
SHORTEST = {"modern": 12, "dengbao": 10}
KINDS_ASKED = 3
GENERATED = 16
TRIED_FIRST = ("password", "123456", "111111", "qwerty", "admin", "songjiang", "letmein")
_hasher = PasswordHasher()
_turns = asyncio.Semaphore(HASHES_AT_ONCE)
# Verified when there is no such account, so that the answer takes the same time; nobody knows the password behind it.
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))


class PasswordRefused(Refusal):
    """The new password is too weak for the profile in force."""

    status = 422
    code = "password-too-weak"
    title = "密码强度不足"


def assert_strong(password: str, *, login: str, profile: str) -> None:
    """Raises PasswordRefused saying what is missing."""
    shortest = SHORTEST[profile]
    if not shortest <= len(password) <= LONGEST:
        raise PasswordRefused(f"密码长度应为 {shortest} 到 {LONGEST} 个字符，请重新设置。")
    lowered = password.lower()
    if login.lower() in lowered or any(word in lowered for word in TRIED_FIRST):
        raise PasswordRefused("密码中不能含有用户名或常见的弱密码，请重新设置。")
    if len(set(password)) < shortest // 2:
        raise PasswordRefused("密码中重复的字符过多，请重新设置。")
    if profile == "dengbao" and _kinds(password) < KINDS_ASKED:
        raise PasswordRefused("密码应包含大写字母、小写字母、数字、符号中的至少三类，请重新设置。")


def _kinds(password: str) -> int:
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    known = "".join(kinds)
    return sum(any(char in kind for char in password) for kind in kinds) + any(char not in known for char in password)


async def hashed(password: str) -> str:
    """The argon2id hash with its salt and cost."""
    async with _turns:
        return await asyncio.to_thread(_hasher.hash, password)


async def is_right(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the hash; with no hash it takes as long and is False."""
    async with _turns:
        right = await asyncio.to_thread(_verified, password[:LONGEST], stored or _NOBODY)
    return right and stored is not None


def _verified(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except Argon2Error:
        return False


def generated() -> str:
    """A random password for a demo account or a hand-over on paper; strong under both profiles."""
    alphabet = string.ascii_letters.translate(str.maketrans("", "", "lIO")) + "23456789"
    while True:
        password = "".join(secrets.choice(alphabet) for _ in range(GENERATED))
        if _kinds(password) >= KINDS_ASKED and len(set(password)) >= GENERATED // 2:
            return password
