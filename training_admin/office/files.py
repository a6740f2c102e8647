"""Files as they were handed in or made: sealed by the vault, found by the SHA-256 of their plain content, kept once."""

from datetime import datetime

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.digest import sha256_hex
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.vault import vault, version_of

PLACE = "stored_file.sealed"
# What a file's type becomes when its content was erased; the row stays for those who cite its SHA-256.
ERASED_TYPE = "application/x-erased"


class FileNotStored(NotFound):
    """No file with this SHA-256 is kept."""

    code = "file-not-found"


class FileErased(Refusal):
    """The content was erased because personal data in it no longer had to be kept."""

    status = 410
    code = "file-erased"
    title = "文件内容已删除"


class KeptFile(msgspec.Struct, frozen=True):
    """What is known of a kept file without opening it; `size` in bytes."""

    id: int
    sha256: str
    media_type: str
    size: int


async def keep_file(content: bytes, *, media_type: str, at: datetime) -> KeptFile:
    """Keep a file in the open transaction; the same content is kept once and answers with the row that is there."""
    digest = sha256_hex(content)
    if known := await find_file(digest):
        return known
    sealed = vault().encrypt(content, place=PLACE)
    rows = await fetch_tuples(
        "INSERT INTO stored_file (sha256, media_type, size, key_version, sealed, at) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256 RETURNING id, sha256, media_type, size",
        *(digest, media_type, len(content), version_of(sealed), sealed, at),
    )
    return KeptFile(*rows[0])


async def find_file(sha256: str) -> KeptFile | None:
    """The kept file of a SHA-256, or None."""
    rows = await fetch_tuples("SELECT id, sha256, media_type, size FROM stored_file WHERE sha256 = $1", sha256)
    return KeptFile(*rows[0]) if rows else None


async def load_file(sha256: str) -> bytes:
    """The plain content; raises FileNotStored, FileErased, Undecipherable."""
    rows = await fetch_tuples("SELECT sealed, media_type FROM stored_file WHERE sha256 = $1", sha256)
    if not rows:
        raise FileNotStored("没有找到这个文件，可能从未上传。请核对后重新上传。")
    sealed, media_type = rows[0]
    if media_type == ERASED_TYPE:
        raise FileErased("这个文件已过保存期，内容已按个人信息删除申请删除，只保留校验值。")
    return vault().decrypt(sealed, place=PLACE)


async def erase_file(sha256: str) -> None:
    """Take the content away in the open transaction; name, size and SHA-256 stay, so that whoever holds the file can still prove it."""
    sealed = vault().encrypt(b"", place=PLACE)
    await fetch_tuples(
        "UPDATE stored_file SET sealed = $2, key_version = $3, media_type = $4 WHERE sha256 = $1",
        *(sha256, sealed, version_of(sealed), ERASED_TYPE),
    )
