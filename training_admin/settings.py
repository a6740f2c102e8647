"""The settings, read once from the environment. An unknown key is an error, because a misspelt one would silently do nothing."""

import ipaddress
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

from training_admin.kit.ciphers import CipherName, HashName
from training_admin.kit.refusals import Refusal

PREFIX = "TRAINING_ADMIN_"
# Known to everybody who reads this file, therefore good for the demo district only.
DEMO_SECRET = "demo-secret-not-for-real-data-000000"  # noqa: S105 - refused outside the demo
SHORTEST_SECRET = 32
LARGEST_PORT = 65_535
LONGEST_ISSUER = 200
MEGABYTE = 1024 * 1024
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
PASSWORD_PROFILES = ("modern", "dengbao")
MESSAGE_CHANNELS = ("console", "none")
SSO_KINDS = ("local", "oidc", "mock")
YES, NO = ("1", "true", "yes"), ("0", "false", "no", "")


class SettingsRefused(Refusal):
    """A setting is unknown, unreadable or unsafe."""

    status = 500
    code = "settings"
    title = "设置有误"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may differ between two installations. Sizes are in bytes."""

    data: Path = Path("var")
    database_url: str | None = None
    fast_unsafe_database: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    key_file: Path | None = None
    seals: Path | None = None
    signers: Path | None = None
    departments: Path | None = None
    cipher: CipherName | None = None
    hash_name: HashName | None = None
    secret: str | None = None
    log_level: str = "INFO"
    upload_limit: int = 20 * MEGABYTE
    upload_rows: int = 20_000
    pool_size: int = 20
    public_address: str | None = None
    password_profile: str = "modern"  # noqa: S105 - a name, no secret
    rate_limit: int = 600
    messages: str | None = None
    sso: str = "local"
    sso_issuer: str = ""
    sso_client_id: str = ""
    sso_client_secret: str | None = None
    sso_second_factor: str = ""

    def __repr__(self) -> str:
        """Without database address and secret: a repr ends up in logs."""
        return f"Settings(data={str(self.data)!r}, host={self.host!r}, port={self.port}, demo={self.demo})"

    @property
    def hosts(self) -> frozenset[str]:
        """The host names under which the service may be asked."""
        public = urlsplit(self.public_address).hostname if self.public_address else None
        return LOOPBACK_NAMES | ({public} if public else frozenset())

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the service over TLS, so that cookies must never travel otherwise."""
        return (self.public_address or "").startswith("https://")

    @property
    def message_channel(self) -> str:
        """By which channel messages leave the house: the terminal in the demo, otherwise none (they stay in the inbox)."""
        return self.messages or ("console" if self.demo else "none")

    @property
    def keys(self) -> Path:
        """The file of the encryption keys; by default in the data folder."""
        return self.key_file or self.data / "keys.json"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment, by default this process's own; raises SettingsRefused with every fault named."""
    environment = os.environ if environment is None else environment
    given = {key.removeprefix(PREFIX): value.strip() for key, value in environment.items() if key.startswith(PREFIX)}
    faults = [
        f"不认识的设置 {PREFIX}{key}（可用的有：{'、'.join(PREFIX + name for name in _READERS)}）" for key in given if key not in _READERS
    ]
    fields: dict[str, object] = {}
    for key, (field, read) in _READERS.items():
        if key not in given:
            continue
        try:
            fields[field] = read(given[key])
        except ValueError as fault:
            faults.append(f"{PREFIX}{key}：{fault}")
    if address := environment.get("DATABASE_URL", "").strip():
        fields["database_url"] = address
        faults += _faults_of_address(address)
    if faults:
        raise SettingsRefused("；".join(faults) + "。")
    settings = msgspec.convert(fields, Settings)
    _refuse_unsafe(settings)
    return settings


def _refuse_unsafe(settings: Settings) -> None:
    secret = settings.secret
    if secret is not None and len(secret) < SHORTEST_SECRET:
        raise SettingsRefused(f"{PREFIX}SECRET 至少要 {SHORTEST_SECRET} 个字符。可用 openssl rand -hex 32 生成。")
    if secret == DEMO_SECRET and not settings.demo:
        raise SettingsRefused(f"{PREFIX}SECRET 仍是演示用的默认值，只有演示数据可以使用。请用 openssl rand -hex 32 生成一个新的。")
    if settings.message_channel == "console" and not settings.demo:
        raise SettingsRefused(f"{PREFIX}MESSAGES 的 console 会把验证码显示在终端，只能用于演示。请改为 none。")
    if settings.public_address and not settings.is_secure:
        raise SettingsRefused(f"{PREFIX}PUBLIC_ADDRESS 应以 https:// 开头：登录信息不能明文传送。请在前置代理上配置证书。")
    if not _is_loopback(settings.host) and not settings.is_secure:
        raise SettingsRefused(f"{PREFIX}HOST 不是本机地址时，须同时设置 {PREFIX}PUBLIC_ADDRESS（https:// 开头的对外地址）。")
    if settings.sso == "mock" and not settings.demo:
        raise SettingsRefused(f"{PREFIX}SSO=mock 不核对任何身份，只有演示数据可以使用。")
    if settings.sso == "oidc" and not (settings.sso_issuer and settings.sso_client_id and settings.sso_client_secret):
        raise SettingsRefused(f"{PREFIX}SSO=oidc 时须同时设置 {PREFIX}SSO_ISSUER、{PREFIX}SSO_CLIENT_ID 和 {PREFIX}SSO_CLIENT_SECRET。")
    if settings.fast_unsafe_database and settings.database_url:
        raise SettingsRefused(f"{PREFIX}FAST_UNSAFE_DATABASE 只用于内置数据库的测试，不能与 DATABASE_URL 同时使用。")


def _faults_of_address(address: str) -> list[str]:
    """What is wrong with a database address; the address itself may hold a password and is never repeated."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ["DATABASE_URL 无法识别，应形如 postgresql://用户:口令@主机:5432/库名"]
    if parts.scheme not in {"postgres", "postgresql"}:
        return ["DATABASE_URL 应以 postgresql:// 开头（本系统只支持 PostgreSQL 15 及以上版本）"]
    if not parts.netloc and "host" not in parse_qs(parts.query):
        return ["DATABASE_URL 没有写主机，应形如 postgresql://用户:口令@主机1:5432,主机2:5432/库名"]
    return []


def _switch(text: str) -> bool:
    lowered = text.lower()
    if lowered in YES:
        return True
    if lowered in NO:
        return False
    raise ValueError("只能是 1 或 0")


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


def _listening(text: str) -> str:
    try:
        _is_loopback(text)
    except ValueError:
        raise ValueError("应为 localhost 或 IP 地址，如 127.0.0.1") from None
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("应为不带路径的对外地址，如 https://peixun.example.cn")
    return text.rstrip("/")


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or len(text) > LONGEST_ISSUER:
        raise ValueError("应为 https:// 开头的签发者地址")
    return text.rstrip("/")


def _sso(text: str) -> str:
    if text not in SSO_KINDS:
        raise ValueError(f"只能是 {'、'.join(SSO_KINDS)} 之一")
    return text


def _profile(text: str) -> str:
    if text not in PASSWORD_PROFILES:
        raise ValueError(f"只能是 {'、'.join(PASSWORD_PROFILES)} 之一")
    return text


def _channel(text: str) -> str:
    if text not in MESSAGE_CHANNELS:
        raise ValueError(f"只能是 {'、'.join(MESSAGE_CHANNELS)} 之一")
    return text


def _cipher(text: str) -> CipherName:
    if text not in set(CipherName):
        raise ValueError(f"只能是 {'、'.join(CipherName)} 之一")
    return CipherName(text)


def _hash(text: str) -> HashName:
    if text not in set(HashName):
        raise ValueError(f"只能是 {'、'.join(HashName)} 之一")
    return HashName(text)


def _whole(least: int, most: int, *, unit: int = 1) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"应是 {least} 到 {most} 之间的整数")
        return int(text) * unit

    return read


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"只能是 {'、'.join(LOG_LEVELS)} 之一")
    return text.upper()


def _path(text: str) -> Path:
    if not text:
        raise ValueError("不能为空")
    return Path(text).expanduser()


_READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "DATA": ("data", _path),
    "FAST_UNSAFE_DATABASE": ("fast_unsafe_database", _switch),
    "HOST": ("host", _listening),
    "PUBLIC_ADDRESS": ("public_address", _address),
    "PASSWORD_PROFILE": ("password_profile", _profile),
    "SSO": ("sso", _sso),
    "SSO_ISSUER": ("sso_issuer", _issuer),
    "SSO_CLIENT_ID": ("sso_client_id", str),
    "SSO_CLIENT_SECRET": ("sso_client_secret", str),
    "SSO_SECOND_FACTOR": ("sso_second_factor", str),
    "RATE_LIMIT": ("rate_limit", _whole(60, 1_000_000)),
    "MESSAGES": ("messages", _channel),
    "PORT": ("port", _whole(1, LARGEST_PORT)),
    "DEMO": ("demo", _switch),
    "KEY_FILE": ("key_file", _path),
    "SEALS": ("seals", _path),
    "SIGNERS": ("signers", _path),
    "DEPARTMENTS": ("departments", _path),
    "CIPHER": ("cipher", _cipher),
    "HASH": ("hash_name", _hash),
    "SECRET": ("secret", str),
    "LOG_LEVEL": ("log_level", _level),
    "UPLOAD_MB": ("upload_limit", _whole(1, 200, unit=MEGABYTE)),
    "UPLOAD_ROWS": ("upload_rows", _whole(1, 20_000)),
    "POOL_SIZE": ("pool_size", _whole(2, 90)),
}
