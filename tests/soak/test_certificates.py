"""Certificates by poppler, a reader of PDF that is not ours: dots of stamped and plain pages, text, and our own picture of them."""

import io
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageChops

from tests.certificates.closed import DOTTED, RARE
from tests.certificates.test_papers import PEOPLE, SETTINGS, _keys, plain, several
from training_admin.certificates import papers
from training_admin.certificates.facts import Kind
from training_admin.certificates.picture import picture_of
from training_admin.certificates.stamping import print_file
from training_admin.kit.clock import FixedClock

__all__ = ["_keys"]
pytestmark = pytest.mark.soak
SEEN_FROM_AFAR, FEW = 64, 6


def poppler(tool: str, *arguments: str) -> bytes:
    """What a tool of poppler answers; the line that installs it where it is missing."""
    assert shutil.which(tool), "apt-get install -y poppler-utils"
    return subprocess.run([tool, *arguments], check=True, capture_output=True).stdout


def page_by_poppler(file: Path, place: int, *, dots: int) -> Image.Image:
    """A page as grey dots, counted from 1."""
    content = poppler("pdftoppm", "-r", str(dots), "-gray", "-f", str(place), "-l", str(place), str(file))
    return Image.open(io.BytesIO(content)).convert("L")


@pytest.mark.parametrize("kind", Kind)
def test_poppler_sees_no_difference_and_reads_the_text(clock: FixedClock, tmp_path: Path, kind: Kind) -> None:
    issued = [
        (one, msgspec.structs.replace(whose, mentor="王师傅", teacher="李老师", blocks="通用 60")) for one, whose in several(clock, kind)
    ]
    stamped, alone = tmp_path / "stamped.pdf", tmp_path / "plain.pdf"
    stamped.write_bytes(print_file(papers.order_of(issued, SETTINGS, title="测试")))
    # The last name is made smaller to fit, which plain CSS does not.
    alone.write_bytes(plain(issued[:-1], SETTINGS))
    for place in range(1, len(PEOPLE)):
        apart = ImageChops.difference(page_by_poppler(stamped, place, dots=150), page_by_poppler(alone, place, dots=150))
        assert sum(apart.histogram()[48:]) < 30, place
    text = poppler("pdftotext", "-layout", str(stamped), "-").decode()
    for words in (DOTTED, f"王{RARE}", "310117 2026 10001 000007"):
        assert words in text
    assert text.count("\f") == len(PEOPLE)


def test_our_own_picture_is_what_poppler_draws(clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "stamped.pdf"
    file.write_bytes(print_file(papers.order_of(several(clock), msgspec.structs.replace(SETTINGS, demo=True), title="测试")))
    theirs = page_by_poppler(file, 3, dots=180)
    ours = Image.open(io.BytesIO(picture_of(file.read_bytes(), place=2))).convert("L")
    # Edges are smoothed in different ways and lie up to a dot apart: seen from some steps away, the pages are the same.
    far = [each.crop((0, 0, *ours.size)).resize((263, 186), Image.Resampling.BOX) for each in (ours, theirs)]
    # The code is another each time: where a dot's shift falls on the edges of its modules a step or two may differ more.
    apart = ImageChops.difference(*far).histogram()
    assert (sum(apart[SEEN_FROM_AFAR:]) < FEW, sum(apart[2 * SEEN_FROM_AFAR :])) == (True, 0)
