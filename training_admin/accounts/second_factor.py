"""The second factor behind a port: time-based codes now (RFC 6238); a hardware key or the government messenger can take its place."""

import secrets
from datetime import datetime
from typing import Protocol

import pyotp

STEP_SECONDS = 30
STEPS_OFF = 1
DIGITS = 6
ISSUER = "松江区职业培训补贴"


class SecondFactor(Protocol):
    """Something that can tell whether the person at the keyboard holds what he should hold."""

    def new_secret(self) -> str:
        """A secret for one account."""
        ...

    def accepted_step(self, secret: str, code: str, *, after: int, at: datetime) -> int | None:
        """The counter of the code when it is right and newer than the last accepted one; None otherwise."""
        ...

    def current_code(self, secret: str, *, at: datetime) -> str:
        """What the person's device shows at an instant (demo and tests)."""
        ...

    def enrolment(self, secret: str, *, login: str) -> str:
        """What is put into the QR code that the person reads with his device."""
        ...


class TimeCodes:
    """Six digits that change every thirty seconds; one step early or late is accepted, the same code never twice."""

    def new_secret(self) -> str:
        return pyotp.random_base32()

    def accepted_step(self, secret: str, code: str, *, after: int, at: datetime) -> int | None:
        if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
            return None
        codes = pyotp.TOTP(secret)
        now = int(at.timestamp()) // STEP_SECONDS
        for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
            if step > after and secrets.compare_digest(codes.generate_otp(step), code):
                return step
        return None

    def current_code(self, secret: str, *, at: datetime) -> str:
        return pyotp.TOTP(secret).at(at)

    def enrolment(self, secret: str, *, login: str) -> str:
        return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


FACTOR: SecondFactor = TimeCodes()
