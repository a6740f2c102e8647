"""Files of bank and treasury as they are uploaded: on pages and over the API the same file is asked for and refused in the same words."""

from litestar.datastructures import UploadFile

from training_admin.fund.bank_results import ResultsRefused
from training_admin.fund.page_forms import FieldRefused
from training_admin.fund.result_workbooks import Table, TableRead, read_table

_MISSING = {
    Table.RESULTS: "请先选择银行回单文件（.xlsx 或 .csv），再点击上传。",
    Table.STATEMENT: "请先选择国库对账单（.xlsx 或 .csv），再点击上传。",
}
_WRONG = {
    Table.RESULTS: "共 {count} 处有误，请按下表更正后重新上传。",
    Table.STATEMENT: "对账单中共 {count} 处有误，请按下表更正后重新上传。",
}


async def content_of(file: UploadFile | None) -> bytes:
    """The bytes of an uploaded file, none where no file was chosen."""
    return b"" if file is None else await file.read()


async def read_uploaded(content: bytes, table: Table) -> TableRead:
    """The rows of an uploaded file; raises FieldRefused without one, ResultsRefused with every wrong cell."""
    if not content:
        raise FieldRefused(_MISSING[table])
    read = await read_table(content, table)
    if read.problems:
        raise ResultsRefused(_WRONG[table].format(count=read.count), cells=read.problems)
    return read
