"""What is missing on this machine and how to mend it. Each check is a function of what it is told; `examine` does the asking."""

import ctypes.util
import shutil
import stat
import sys
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from packaging.requirements import Requirement

from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.fund.ledger import ledger_faults
from training_admin.kit.ciphers import WORDS, CipherName
from training_admin.kit.private_postgres import NETWORK_FILE_SYSTEMS, file_system_of
from training_admin.kit.refusals import Refusal
from training_admin.kit.vault import vault
from training_admin.office.anchors import still_leads_through
from training_admin.office.backup import backup_age
from training_admin.office.keys import assert_keys_fit
from training_admin.settings import Settings
from training_admin.upgrade import pending_migrations

OLDEST_PYTHON = (3, 11)
GIGABYTE = 1024**3
# Below the floor PostgreSQL may stop in the middle of its journal; uploads are refused there too.
DISK_FLOOR, DISK_COMFORT = GIGABYTE // 2, 5 * GIGABYTE
BACKUP_COMFORT = timedelta(days=7)
LIBRARIES = {"pangoft2-1.0": "libpangoft2-1.0-0", "harfbuzz-subset": "libharfbuzz-subset0"}


class Standing(StrEnum):
    """How bad a finding is: `works` nothing to do, `limited` something will not work, `broken` the service cannot run."""

    WORKS = "works"
    LIMITED = "limited"
    BROKEN = "broken"


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at, in the user's words, and how to mend it."""

    code: str
    standing: Standing
    what: str
    mend: str = ""


def check_python(version: tuple[int, int]) -> Finding:
    """Python is new enough."""
    told = ".".join(map(str, version))
    if version >= OLDEST_PYTHON:
        return Finding("python", Standing.WORKS, f"Python {told}")
    return Finding("python", Standing.BROKEN, f"Python {told} 过旧", "请安装 Python 3.11 或更高版本，再执行 make setup。")


def check_packages(missing: Sequence[str]) -> Finding:
    """Every package the program needs is installed in a fitting version."""
    if not missing:
        return Finding("packages", Standing.WORKS, "Python 软件包齐全")
    return Finding("packages", Standing.BROKEN, f"缺少或版本不符：{'、'.join(missing)}", "请执行 make setup。")


def check_pdf_libraries(missing: Sequence[str]) -> Finding:
    """Pango and harfbuzz, without which no PDF can be made, or only slowly."""
    if not missing:
        return Finding("pdf", Standing.WORKS, "生成 PDF 的系统组件齐全")
    packages = " ".join(LIBRARIES[name] for name in missing)
    line = f"请执行 sudo apt-get install -y --no-install-recommends {packages}。"
    return Finding("pdf", Standing.LIMITED, f"缺少 {packages}，不能生成 PDF，其余功能照常", line)


def check_fonts(*, found: bool) -> Finding:
    """The Chinese fonts that come by pip."""
    if found:
        return Finding("fonts", Standing.WORKS, "中文字体齐全")
    return Finding("fonts", Standing.LIMITED, "缺少中文字体，PDF 中的汉字无法显示", "请执行 make setup。")


def check_time_zone(*, found: bool) -> Finding:
    """Asia/Shanghai can be had; without it no policy day can be told."""
    if found:
        return Finding("time-zone", Standing.WORKS, "时区 Asia/Shanghai 可用")
    return Finding("time-zone", Standing.BROKEN, "没有时区数据 Asia/Shanghai", "请执行 make setup，或 sudo apt-get install -y tzdata。")


def check_disk(free: int) -> Finding:
    """Free space below the data folder, in bytes."""
    told = f"数据文件夹所在磁盘剩余 {free / GIGABYTE:.1f} GB"
    if free < DISK_FLOOR:
        return Finding("disk", Standing.BROKEN, told, "请立即清理或扩容；写满后数据库会停止，清理之前无法启动。")
    if free < DISK_COMFORT:
        return Finding("disk", Standing.LIMITED, told, "空间偏少，建议清理或扩容到 5 GB 以上。")
    return Finding("disk", Standing.WORKS, told)


def check_file_system(kind: str, *, own_server: bool) -> Finding:
    """The private database needs a local disk."""
    if own_server and kind.startswith(NETWORK_FILE_SYSTEMS):
        return Finding("file-system", Standing.BROKEN, f"数据文件夹在网络文件系统（{kind}）上", "请把 TRAINING_ADMIN_DATA 指到本机磁盘。")
    return Finding("file-system", Standing.WORKS, f"数据文件夹的文件系统：{kind or '未知'}")


def check_key_file(mode: int | None) -> Finding:
    """The key file is there and nobody else may read it; `mode` is None when there is none yet."""
    if mode is None:
        return Finding("keys", Standing.WORKS, "密钥文件尚未生成，首次启动时自动生成")
    if mode & 0o077:
        return Finding("keys", Standing.BROKEN, f"密钥文件权限过宽（{mode:o}）", "请执行 chmod 600 加密钥文件路径。")
    return Finding("keys", Standing.WORKS, "密钥文件权限正确")


def check_cipher(*, asked: CipherName | None, used: CipherName) -> Finding:
    """The cipher of the settings is the one that seals; another one comes into force by rotation only."""
    if asked in (None, used):
        return Finding("cipher", Standing.WORKS, f"加密算法 {WORDS[used]}")
    told = f"设置的加密算法 {WORDS[asked]} 尚未启用，现用 {WORDS[used]}"
    return Finding("cipher", Standing.LIMITED, told, "请执行 training-admin keys rotate。")


def check_migrations(pending: int) -> Finding:
    """The tables fit the program."""
    if pending:
        return Finding("migrations", Standing.BROKEN, f"数据库缺少 {pending} 项结构升级", "请执行 training-admin upgrade。")
    return Finding("migrations", Standing.WORKS, "数据库结构是最新的")


def check_backup(age: timedelta | None) -> Finding:
    """How long ago the last backup was made; None when there was none."""
    if age is None:
        return Finding("backup", Standing.LIMITED, "还没有做过备份", "请执行 training-admin backup 文件夹，密钥文件另行备份。")
    told = f"最近一次备份在 {age.days} 天前" if age.days else "最近一次备份距今不到 1 天"
    if age > BACKUP_COMFORT:
        return Finding("backup", Standing.LIMITED, told, "请执行 training-admin backup 文件夹。")
    return Finding("backup", Standing.WORKS, told)


def check_anchors(*, agree: bool) -> Finding:
    """The trail still leads through the newest of its anchors."""
    if agree:
        return Finding("trail", Standing.WORKS, "操作留痕与最近的锚定相符")
    return Finding("trail", Standing.LIMITED, "操作留痕与锚定文件不符，数据库可能被改动或回退", "请执行 training-admin verify 查明。")


def check_ledger(faults: Sequence[str]) -> Finding:
    """Every budget sums to zero and its balances are those of its entries."""
    if faults:
        return Finding("ledger", Standing.BROKEN, f"资金明细账有误：{'；'.join(faults)}", "请停止拨付，保留现场，从备份核对。")
    return Finding("ledger", Standing.WORKS, "资金明细账平衡")


def missing_packages() -> list[str]:
    """Names of required packages that are not installed or do not fit."""
    missing = []
    for line in metadata.requires("training-admin") or []:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            fits = requirement.specifier.contains(metadata.version(requirement.name), prereleases=True)
        except metadata.PackageNotFoundError:
            fits = False
        if not fits:
            missing.append(requirement.name)
    return missing


def missing_libraries() -> list[str]:
    """The PDF libraries that the system's loader does not find."""
    return [name for name in LIBRARIES if ctypes.util.find_library(name) is None]


def has_time_zone() -> bool:
    """Whether the district's time zone is known here."""
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return False
    return True


def nearest_folder(path: Path) -> Path:
    """The folder itself or the nearest one above it that exists."""
    path = path.resolve()
    while not path.exists():
        path = path.parent
    return path


async def examine_database(settings: Settings) -> list[Finding]:
    """Whether the database answers, belongs to the keys, and has the tables of this program."""
    try:
        await open_database(settings)
    except Refusal as refusal:
        return [Finding("database", Standing.BROKEN, f"{refusal.title}：{refusal.sentence}", "请按上述提示处理。")]
    try:
        ring = vault().ring
        findings = [
            Finding("database", Standing.WORKS, "数据库可以连接"),
            check_cipher(asked=settings.cipher, used=ring.cipher_of(ring.newest)),
        ]
        findings.append(check_migrations(len(await pending_migrations())))
        if findings[-1].standing is Standing.WORKS:
            await assert_keys_fit()
            findings.append(check_anchors(agree=await still_leads_through()))
            findings.append(check_ledger(await ledger_faults()))
            findings.append(check_backup(await backup_age(clock_of(settings))))
    except Refusal as refusal:
        findings.append(Finding("keys-fit", Standing.BROKEN, f"{refusal.title}：{refusal.sentence}", "请按上述提示处理。"))
    finally:
        await close_database()
    return findings


async def examine(settings: Settings) -> list[Finding]:
    """Everything, the database last."""
    data, keys = nearest_folder(settings.data), settings.keys
    findings = [
        check_python(sys.version_info[:2]),
        check_packages(missing_packages()),
        check_pdf_libraries(missing_libraries()),
        check_fonts(found=find_spec("pylopdf_fonts_zh_cn") is not None),
        check_time_zone(found=has_time_zone()),
        check_disk(shutil.disk_usage(data).free),
        check_file_system(file_system_of(data), own_server=settings.database_url is None),
        check_key_file(stat.S_IMODE(keys.stat().st_mode) if keys.exists() else None),
    ]
    return [*findings, *await examine_database(settings)]
