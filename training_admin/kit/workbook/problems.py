"""What is wrong with a cell of an uploaded workbook, told so that it can be found and mended."""

import msgspec


class CellProblem(msgspec.Struct, frozen=True):
    """One wrong cell: sheet, address (`C14`), code of the code lists, and a Chinese sentence saying how to mend it.

    The sentence never repeats a personal number.
    """

    sheet: str
    cell: str
    code: str
    message: str
