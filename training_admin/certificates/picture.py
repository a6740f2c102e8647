"""A page of ours as a picture, drawn from the PDF itself with the letters embedded in it, so that both are the same paper.

It knows the few drawing operators that our certificates are made of and refuses others: a wrong picture is worse than none.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import pikepdf
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw

from training_admin.certificates.layout import TemplateUnusable

DOTS_PER_POINT = 2.5
"""The picture is 2105 × 1488 dots: sharp on a phone, printable in need."""
FINER = 3
"""Edges are smooth because everything is drawn so much finer first."""
CURVE_STEPS = 6
THOUSAND = 1000
Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
Ring = list[Point]
Colour = tuple[int, int, int]


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """First the inner, then the outer transformation."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def moved(point: Point, by: Matrix) -> Point:
    """A point after a transformation."""
    x, y = point
    return x * by[0] + y * by[2] + by[4], x * by[1] + y * by[3] + by[5]


class Rings(BasePen):  # type: ignore[misc] # fontTools has no types
    """Outlines as closed rings of points; curves become short straight pieces."""

    def __init__(self, glyphs: Any = None) -> None:
        super().__init__(glyphs)
        self.rings: list[Ring] = []

    def _moveTo(self, pt: Point) -> None:  # noqa: N802 - the pen's own name
        self.rings.append([pt])

    def _lineTo(self, pt: Point) -> None:  # noqa: N802 - the pen's own name
        self.rings[-1].append(pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802 - the pen's own name
        ring = self.rings[-1]
        x, y = ring[-1]
        for step in range(1, CURVE_STEPS + 1):
            t = step / CURVE_STEPS
            u = 1 - t
            weights = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            ring.append(
                (
                    x * weights[0] + pt1[0] * weights[1] + pt2[0] * weights[2] + pt3[0] * weights[3],
                    y * weights[0] + pt1[1] * weights[1] + pt2[1] * weights[2] + pt3[1] * weights[3],
                )
            )


class Face:
    """An embedded font: outlines and widths by glyph."""

    def __init__(self, font: Any) -> None:
        below = font.DescendantFonts[0]
        self.font = TTFont(io.BytesIO(below.FontDescriptor.FontFile3.read_bytes()), lazy=True)
        self.glyphs = self.font.getGlyphSet()
        self.units: int = self.font["head"].unitsPerEm
        self.widths: dict[int, float] = {}
        entries = list(below.W)
        for first, row in zip(entries[::2], entries[1::2], strict=True):
            self.widths |= {int(first) + place: float(width) for place, width in enumerate(row)}
        self.kept: dict[int, list[Ring]] = {}

    def rings(self, glyph: int) -> list[Ring]:
        """The outline of a glyph in units of the font."""
        if glyph not in self.kept:
            pen = Rings(self.glyphs)
            self.glyphs[self.font.getGlyphName(glyph)].draw(pen)
            self.kept[glyph] = pen.rings
        return self.kept[glyph]


class Pencil(msgspec.Struct):
    """The state that q keeps and Q brings back."""

    matrix: Matrix
    colour: Colour = (0, 0, 0)
    alpha: float = 1.0
    clip: Any = None


class Painter:
    """Draws the content of one page on one picture."""

    def __init__(self, width: float, height: float) -> None:
        scale = DOTS_PER_POINT * FINER
        self.size = round(width * scale), round(height * scale)
        self.picture = Image.new("RGB", self.size, "white")
        self.pencil = Pencil(matrix=(scale, 0, 0, -scale, 0, height * scale))
        self.kept: list[Pencil] = []
        self.path: list[Ring] = []
        self.clipping = False
        self.faces: dict[Any, Face] = {}
        self.face: Face | None = None
        self.letter = 0.0
        self.text: Matrix = (1, 0, 0, 1, 0, 0)

    def draw(self, content: Any, resources: Any) -> None:
        """Everything of a content stream."""
        for each in pikepdf.parse_content_stream(content):
            if isinstance(each, pikepdf.ContentStreamInlineImage):
                self._inline(each)
                continue
            name = str(each.operator)
            acts: dict[str, Callable[[Any, Any], None]] = self._acts()
            if name not in acts:
                raise TemplateUnusable(f"证书模板用到了图片下载不支持的版式（{name}），请下载 PDF，或简化 templates/certificates/paper。")
            acts[name](list(each.operands), resources)

    def _acts(self) -> dict[str, Callable[[Any, Any], None]]:
        """What each operator does."""
        return {
            "q": lambda _o, _r: self.kept.append(msgspec.structs.replace(self.pencil)),
            "Q": lambda _o, _r: setattr(self, "pencil", self.kept.pop()),
            "cm": lambda o, _r: setattr(self.pencil, "matrix", times(_numbers(o), self.pencil.matrix)),
            "gs": self._state,
            "rg": lambda o, _r: setattr(self.pencil, "colour", tuple(round(float(each) * 255) for each in o)),
            "re": lambda o, _r: self._rectangle(*(float(each) for each in o)),
            "m": lambda o, _r: self.path.append([(float(o[0]), float(o[1]))]),
            "l": lambda o, _r: self.path[-1].append((float(o[0]), float(o[1]))),
            "h": lambda _o, _r: None,
            "n": lambda _o, _r: self._end_path(),
            "W": lambda _o, _r: setattr(self, "clipping", True),
            "W*": lambda _o, _r: setattr(self, "clipping", True),
            "f": lambda _o, _r: self._fill_path(),
            "f*": lambda _o, _r: self._fill_path(),
            "BT": lambda _o, _r: None,
            "ET": lambda _o, _r: None,
            "Tm": lambda o, _r: setattr(self, "text", _numbers(o)),
            "Tf": self._choose,
            "Tj": lambda o, _r: self._show([o[0]]),
            "TJ": lambda o, _r: self._show(o[0]),
            "Do": self._object,
        }

    def _state(self, operands: Any, resources: Any) -> None:
        self.pencil.alpha = float(resources.ExtGState[str(operands[0])].get("/ca", self.pencil.alpha))

    def _rectangle(self, x: float, y: float, width: float, height: float) -> None:
        self.path.append([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])

    def _mask(self, rings: Iterable[Ring]) -> Any:
        """The inside of rings by the even-odd rule, white on black."""
        mask = Image.new("1", self.size)
        for ring in rings:
            if len(ring) < 3:  # noqa: PLR2004 - a line encloses nothing
                continue
            one = Image.new("1", self.size)
            ImageDraw.Draw(one).polygon(ring, fill=1)
            mask = ImageChops.logical_xor(mask, one)
        return mask

    def _end_path(self) -> None:
        if self.clipping:
            mask = self._mask([moved(each, self.pencil.matrix) for each in ring] for ring in self.path)
            self.pencil.clip = mask if self.pencil.clip is None else ImageChops.logical_and(self.pencil.clip, mask)
        self.path, self.clipping = [], False

    def _fill_path(self) -> None:
        self._fill([[moved(each, self.pencil.matrix) for each in ring] for ring in self.path])
        self._end_path()

    def _fill(self, rings: list[Ring]) -> None:
        """Fill rings on the picture; only the part that they touch is looked at."""
        points = [each for ring in rings for each in ring]
        if not points:
            return
        left, top = int(max(min(x for x, _ in points), 0)), int(max(min(y for _, y in points), 0))
        right = int(min(max(x for x, _ in points) + 2, self.size[0]))
        bottom = int(min(max(y for _, y in points) + 2, self.size[1]))
        if right <= left or bottom <= top:
            return
        mask = Image.new("1", (right - left, bottom - top))
        for ring in rings:
            if len(ring) < 3:  # noqa: PLR2004 - a line encloses nothing
                continue
            one = Image.new("1", mask.size)
            ImageDraw.Draw(one).polygon([(x - left, y - top) for x, y in ring], fill=1)
            mask = ImageChops.logical_xor(mask, one)
        if self.pencil.clip is not None:
            mask = ImageChops.logical_and(mask, self.pencil.clip.crop((left, top, right, bottom)))
        shade = mask.convert("L").point(lambda value: round(value * self.pencil.alpha))
        self.picture.paste(self.pencil.colour, (left, top), shade)

    def _choose(self, operands: Any, resources: Any) -> None:
        font = resources.Font[str(operands[0])]
        if font.objgen not in self.faces:
            self.faces[font.objgen] = Face(font)
        self.face, self.letter = self.faces[font.objgen], float(operands[1])

    def _show(self, pieces: Iterable[Any]) -> None:
        """Letters by glyph; numbers between them move on by thousandths of the size."""
        assert self.face is not None
        x = 0.0
        for piece in pieces:
            if not isinstance(piece, pikepdf.String):
                x -= float(piece) / THOUSAND * self.letter
                continue
            codes = bytes(piece)
            for place in range(0, len(codes), 2):
                glyph = int.from_bytes(codes[place : place + 2], "big")
                scale = self.letter / self.face.units
                matrix = times(times((scale, 0, 0, scale, x, 0), self.text), self.pencil.matrix)
                self._fill([[moved(point, matrix) for point in ring] for ring in self.face.rings(glyph)])
                x += self.face.widths.get(glyph, THOUSAND) / THOUSAND * self.letter
        self.text = times((1, 0, 0, 1, x, 0), self.text)

    def _object(self, operands: Any, resources: Any) -> None:
        found = resources.XObject[str(operands[0])]
        if str(found.Subtype) == "/Form":
            self.kept.append(msgspec.structs.replace(self.pencil))
            if "/Matrix" in found:
                self.pencil.matrix = times(_numbers(list(found.Matrix)), self.pencil.matrix)
            self.draw(found, found.Resources)
            self.pencil = self.kept.pop()
            return
        image = pikepdf.PdfImage(found).as_pil_image().convert("RGBA")
        if "/SMask" in found:
            image.putalpha(pikepdf.PdfImage(found.SMask).as_pil_image().convert("L"))
        self._paste(image)

    def _inline(self, instruction: Any) -> None:
        self._paste(instruction.iimage.as_pil_image().convert("RGBA"))

    def _paste(self, image: Any) -> None:
        """A picture on the unit square, upright."""
        (x0, y0), (x1, y1) = moved((0, 0), self.pencil.matrix), moved((1, 1), self.pencil.matrix)
        left, right, top, bottom = round(min(x0, x1)), round(max(x0, x1)), round(min(y0, y1)), round(max(y0, y1))
        sized = image.resize((right - left, bottom - top), Image.Resampling.NEAREST)
        self.picture.paste(sized, (left, top), sized)


def _numbers(operands: Any) -> Matrix:
    a, b, c, d, e, f = (float(each) for each in operands)
    return a, b, c, d, e, f


def picture_of(content: bytes, *, place: int = 0) -> bytes:
    """A page of a PDF of ours as PNG, by default the first; raises TemplateUnusable for what it cannot draw."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[place]
        painter = Painter(float(page.mediabox[2]), float(page.mediabox[3]))
        painter.draw(page, page.Resources)
    smaller = painter.picture.resize((painter.size[0] // FINER, painter.size[1] // FINER), Image.Resampling.BOX)
    target = io.BytesIO()
    smaller.save(target, "PNG", optimize=True)
    return target.getvalue()
