"""Benchmark of certificates: 3 000 in one file ÷ one plain WeasyPrint document each; bytes a page, and the memory of the process.

The plain ones share their font configuration and a compact font, which flatters them; the file has 60 classes of 50, so 60 renderings.
"""

import asyncio
import io
import random
import sys
from datetime import UTC, date, datetime

import msgspec
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcherResponse

from bench.measuring import Result, at_most, ratio
from training_admin.certificates import papers
from training_admin.certificates.facts import Certificate, Content, Holder, Kind, State
from training_admin.certificates.fonts import FONT_FILES
from training_admin.certificates.layout import FACES, FONT, OwnFetcher
from training_admin.certificates.numbers import Parts, number_of
from training_admin.certificates.orders import Order
from training_admin.certificates.printed import own_texts, shared_texts
from training_admin.certificates.stamping import print_file
from training_admin.certificates.tags import check_address
from training_admin.kit.identifiers import mod_11_2
from training_admin.kit.vault import Vault, use_vault
from training_admin.settings import Settings

MANY, CLASS_SIZE, PLAIN = 3000, 50, 20
MOST_BYTES = 1536
SETTINGS = Settings(public_address="https://peixun.example.cn")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂华玉兰梅鑫宇浩然子涵欣怡梓晨雨泽思佳俊文博晓东海燕建国志红春燕立新永福"
REPORTED = "import resource, sys; from training_admin.certificates.tasks import one_pdf; one_pdf(sys.stdin.buffer.read()); "


def issued(count: int) -> list[tuple[Certificate, Holder]]:
    """Certificates of made-up people in classes of 50."""
    chance, at = random.Random(7), datetime(2026, 9, 1, tzinfo=UTC)  # noqa: S311 - made-up names, guards nothing
    found = []
    for place in range(count):
        klass = place // CLASS_SIZE
        body = f"310100{1970 + place % 30}0{1 + place % 9}1{place % 10}{place % 1000:03d}"
        certificate = Certificate(
            number=number_of(Parts(2026, Kind.TRAINING, 1, place + 1)),
            kind=Kind.TRAINING,
            organisation="S",
            class_no=f"BJ2026{klass:05d}",
            person="",
            content=Content(
                item=f"2026样例学校焊工{klass + 1:02d}班",
                institution="松江样例职业技能培训学校",
                start=date(2026, 3, 2),
                end=date(2026, 8, 1 + klass % 28),
                centihours=12_000,
            ),
            issued_on=date(2026, 9, 1),
            issuer="",
            issued_at=at,
            state=State.VALID,
            why_ended="",
            ended_on=None,
            ender=None,
            replaced_by=None,
            copies=0,
        )
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
        found.append((certificate, Holder(name=name, id_type="居民身份证", identity=body + mod_11_2(body))))
    return found


def compact_fonts(text: str) -> dict[str, bytes]:
    """The fonts with the characters of a text alone."""
    made = {}
    for family, file in FONT_FILES.items():
        font = TTFont(file)
        options = Options()
        options.layout_features = ["*"]
        subsetter = Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        target = io.BytesIO()
        font.save(target)
        made[family] = target.getvalue()
    return made


class CompactFetcher(OwnFetcher):
    """Answers with compact fonts."""

    def __init__(self, fonts: dict[str, bytes]) -> None:
        super().__init__({})
        self.fonts = fonts

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url.startswith(FONT):
            return URLFetcherResponse(url, self.fonts[url.removeprefix(FONT)], {"Content-Type": "font/otf"})
        return super().fetch(url, headers)


class Plain:
    """One WeasyPrint document each."""

    def __init__(self, pages: list[str]) -> None:
        self.pages, self.css = pages, papers.paper_css()
        self.fetcher = CompactFetcher(compact_fonts("".join(pages) + "".join(map(chr, range(32, 127)))))
        self.fonts = FontConfiguration()
        CSS(string=FACES, font_config=self.fonts, url_fetcher=self.fetcher)

    async def make(self) -> None:
        for page in self.pages:
            html = HTML(string=f'<html lang="zh-CN"><body>{page}</body></html>', url_fetcher=self.fetcher)
            style = CSS(string=self.css, font_config=self.fonts, url_fetcher=self.fetcher)
            html.render(stylesheets=[style], font_config=self.fonts).write_pdf()


async def peak_of(order: Order) -> float:
    """The peak memory in MB of the process that prints an order."""
    code = REPORTED + "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await process.communicate(msgspec.json.encode(order))
    assert process.returncode == 0
    return int(answer) / 1024


async def measured() -> dict[str, Result]:
    """All figures of this part."""
    use_vault(Vault.fresh())
    people = issued(MANY)
    base = papers.base_address(SETTINGS)
    sections = [
        papers.section(shared_texts(one, sample=False), own_texts(one, whose), seal=False, qr=check_address(base, one.number))
        for one, whose in people[:: MANY // PLAIN]
    ]
    plain = Plain(sections)
    size: list[int] = []

    async def stamped() -> None:
        size.append(len(print_file(papers.order_of(people, SETTINGS, title="证书"))))

    found = await ratio(stamped, plain.make)
    scale = len(sections) / MANY
    peak = await peak_of(papers.order_of(people, SETTINGS, title="证书"))
    use_vault(None)
    return {
        "certificates": at_most(found.processor * scale, 1 / 15, wall=found.wall * scale),
        "certificates_page_bytes": at_most(max(size) / MANY, MOST_BYTES, unit="bytes"),
        "certificates_rss": Result(round(peak, 1), "reported, 3 000 certificates", "MB", holds=True),
    }
