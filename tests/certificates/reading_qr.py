"""Reads a QR code from a picture without any library: version from the size, mask undone, codewords in order, bytes as text.

No errors are corrected: what we print must be right dot for dot.
"""

import io

from PIL import Image

QUIET = 4
# Codewords of the blocks of data for level M, and of error correction a block, by version (ISO/IEC 18004 table 9).
BLOCKS_M: dict[int, tuple[list[int], int]] = {
    3: ([44], 26),
    4: ([32] * 2, 18),
    5: ([43] * 2, 24),
    6: ([27] * 4, 16),
    7: ([31] * 4, 18),
    8: ([38] * 2 + [39] * 2, 22),
}
ALIGNMENT = {3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42]}
Modules = list[list[bool]]


def modules_of(png: bytes, box: tuple[float, float, float, float], side: int) -> Modules:
    """The dark modules of a code in a picture; `box` is left, top, width, height with the quiet zone, `side` counts modules with it."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    left, top, width, height = box
    inner = range(QUIET, side - QUIET)
    return [
        [picture.getpixel((int(left + (x + 0.5) * width / side), int(top + (y + 0.5) * height / side))) < 128 for x in inner]  # type: ignore[operator]
        for y in inner
    ]


def _is_function(x: int, y: int, size: int, version: int) -> bool:
    """Whether a module is a pattern, format or version information and no data."""
    if (x < 9 and y < 9) or (x < 9 and y >= size - 8) or (x >= size - 8 and y < 9) or x == 6 or y == 6:
        return True
    if version >= 7 and ((x < 6 and y >= size - 11) or (y < 6 and x >= size - 11)):
        return True
    centres = ALIGNMENT[version]
    return any(
        abs(x - a) <= 2 and abs(y - b) <= 2 for a in centres for b in centres if (a, b) not in {(6, 6), (6, centres[-1]), (centres[-1], 6)}
    )


def text_of(modules: Modules) -> str:
    """The text of a code of level M with mask 3 in byte mode."""
    size = len(modules)
    version = (size - 17) // 4
    bits: list[bool] = []
    upward, x = True, size - 1
    while x > 0:
        x -= x == 6
        for y in range(size - 1, -1, -1) if upward else range(size):
            data = [column for column in (x, x - 1) if not _is_function(column, y, size, version)]
            bits.extend(modules[y][column] ^ ((y + column) % 3 == 0) for column in data)
        upward, x = not upward, x - 2
    words = [sum(bit << (7 - place) for place, bit in enumerate(bits[start : start + 8])) for start in range(0, len(bits) - 7, 8)]
    blocks, _correction = BLOCKS_M[version]
    apart: list[list[int]] = [[] for _ in blocks]
    place = 0
    for row in range(max(blocks)):
        for number, length in enumerate(blocks):
            if row < length:
                apart[number].append(words[place])
                place += 1
    stream = "".join(f"{word:08b}" for block in apart for word in block)
    assert stream[:4] == "0100", "bytes"
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * number : 20 + 8 * number], 2) for number in range(length)).decode()
