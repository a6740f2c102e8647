"""Papers handed in with a form: a PDF, JPG or PNG by its content, whatever its name says, and of bounded size."""

from datetime import datetime

from training_admin.kit.refusals import Unreadable
from training_admin.office.files import KeptFile, keep_file

LARGEST = 5 * 1024 * 1024
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
# How a file of each type begins, and what must stand near its end: a file that was cut off while being sent has no end.
_MARKS = (
    (PDF, b"%PDF-", b"%%EOF"),
    (JPEG, b"\xff\xd8\xff", b"\xff\xd9"),
    (PNG, b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
)
_TAIL = 64 * 1024


class PaperRefused(Unreadable):
    """The file is too large, cut off, or of no accepted type."""

    code = "paper-refused"
    title = "附件无法使用"


def paper_type(content: bytes, *, what: str) -> str:
    """The type that the content shows; `what` names the paper. Raises PaperRefused."""
    if len(content) > LARGEST:
        raise PaperRefused(f"{what}超过 {LARGEST // 2**20} MB，请压缩后重新选择。")
    for media_type, start, end in _MARKS:
        if content.startswith(start):
            if end not in content[-_TAIL:]:
                raise PaperRefused(f"{what}不完整，可能没有传完，请重新选择。")
            return media_type
    raise PaperRefused(f"{what}应为 PDF、JPG 或 PNG，以内容为准，改扩展名无效。请另存后重新选择。")


async def keep_paper(content: bytes, *, what: str, at: datetime) -> KeptFile:
    """Keep a paper in the open transaction; raises PaperRefused."""
    return await keep_file(content, media_type=paper_type(content, what=what), at=at)
