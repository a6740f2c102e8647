"""What a print child is ordered: sections of HTML that many pages share, and each page's own texts."""

import msgspec


class Sheet(msgspec.Struct, frozen=True):
    """What many pages share: a rendered section with empty fields, and the names of the fields."""

    html: str
    fields: tuple[str, ...]


class OwnPart(msgspec.Struct, frozen=True):
    """One page: on which sheet, with which texts by field, and where its QR code leads."""

    sheet: int
    texts: dict[str, str]
    address: str


class Order(msgspec.Struct, frozen=True):
    """Everything a file is made of; `pictures` are seals by organisation."""

    css: str
    sheets: tuple[Sheet, ...]
    pages: tuple[OwnPart, ...]
    pictures: dict[str, bytes]
    title: str
