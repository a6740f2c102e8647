import subprocess
from pathlib import Path

import pytest

from tests.subsidy.test_marked import MARKED, PROBLEMS, ROSTER, UPLOADS
from tests.subsidy.workbook_judge import LIST_SHEET, cells_of, comments_of, links_of, load
from training_admin.kit.workbook.marked import RED, mark

pytestmark = pytest.mark.soak


def saved_by_libreoffice(content: bytes, folder: Path) -> bytes:
    """A workbook opened and saved again by LibreOffice Calc."""
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "book.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
    subprocess.run([*command, str(folder / "in" / "book.xlsx")], check=True, capture_output=True, timeout=180)
    return (folder / "out" / "book.xlsx").read_bytes()


@pytest.mark.parametrize("upload", UPLOADS)
def test_libreoffice_opens_a_marked_file_with_marks_and_links(upload: bytes, tmp_path: Path) -> None:
    book = load(saved_by_libreoffice(mark(upload, PROBLEMS), tmp_path))
    for sheet, addresses in MARKED.items():
        comments = comments_of(book[sheet])
        for address in addresses:
            assert book[sheet][address].fill.fgColor.rgb == RED
            assert "【系统核验】" in comments[address]
    assert len(links_of(book[LIST_SHEET])) == sum(1 for each in PROBLEMS if each.cell)


@pytest.mark.parametrize("upload", UPLOADS)
def test_marks_go_from_a_file_that_libreoffice_saved(upload: bytes, tmp_path: Path) -> None:
    plain = load(saved_by_libreoffice(upload, tmp_path / "plain"))
    cleaned = load(mark(saved_by_libreoffice(mark(upload, PROBLEMS), tmp_path / "marked"), ()))
    for name in plain.sheetnames:
        expected = {key: each for key, each in cells_of(plain[name]).items() if key not in MARKED.get(name, set()) or each[0] is not None}
        found = cells_of(cleaned[name])
        assert {key: found[key] for key in expected} == expected
        assert comments_of(cleaned[name]) == comments_of(plain[name])
    assert cleaned[ROSTER]["E500"].fill.fill_type is None
