"""A CSV read as the rows of a sheet, so that whatever reads a table reads it from either."""

import csv
import io

from training_admin.kit.refusals import Unreadable
from training_admin.kit.workbook.bounds import Cell, Kind, Row

CSV_SHEET = "CSV"
MOST_COLUMNS = 64


class TableUnreadable(Unreadable):
    """The file is neither a workbook nor a CSV that can be read."""

    code = "table-unreadable"
    title = "文件无法读取"


def csv_rows(content: bytes, *, most_rows: int) -> list[Row]:
    """The rows of a CSV as those of a sheet; UTF-8 or GB 18030. Raises TableUnreadable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise TableUnreadable("文件不是工作簿（.xlsx），也不是 UTF-8 或 GB 18030 编码的 CSV。请另存后重新上传。")
    rows: list[Row] = []
    try:
        for number, fields in enumerate(csv.reader(io.StringIO(text), strict=True), 1):
            if number > most_rows or len(fields) > MOST_COLUMNS:
                raise TableUnreadable(f"CSV 超过 {most_rows} 行或 {MOST_COLUMNS} 列，请拆分后重新上传。")
            cells = [Cell(place, Kind.TEXT, field.strip(), formula=False) for place, field in enumerate(fields, 1) if field.strip()]
            rows.append((number, cells))
    except csv.Error:
        raise TableUnreadable("CSV 中有引号不成对或过长的内容，请另存后重新上传。") from None
    return rows
