"""Licence files of registrations: a PDF, JPG or PNG by its content, whatever its name says, and of bounded size."""

from training_admin.kit.refusals import Unreadable

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


class LicenceRefused(Unreadable):
    """The licence file is missing, too large, or of no accepted type."""

    code = "licence-refused"
    title = "证照文件无法使用"


def media_type_of(content: bytes) -> str:
    """The type that the content shows; raises LicenceRefused."""
    if not content:
        raise LicenceRefused("请选择营业执照（登记证书）的扫描件或照片。")
    if len(content) > LARGEST:
        raise LicenceRefused(f"证照文件超过 {LARGEST // 2**20} MB，请压缩后重新选择。")
    for media_type, start, end in _MARKS:
        if content.startswith(start):
            if end not in content[-_TAIL:]:
                raise LicenceRefused("证照文件不完整，可能没有传完，请重新选择。")
            return media_type
    raise LicenceRefused("证照文件应为 PDF、JPG 或 PNG，以内容为准，改扩展名无效。请另存后重新选择。")
