"""Reads an object's index as docs/archive-format.md says and prints what it counts: python3 read_index.py FILE

Written from the document, not from the crate: when this and the crate agree, the document is enough.
"""

import json
import struct
import sys
import zlib

START = bytes([0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255])
EMPTY = bytes([3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
FOOTER = struct.Struct("<IQQII4s")
LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"]


def check(holds, what):
    if not holds:
        sys.exit(f"read_index.py: {what}")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def read_table(data, at):
    """One index member at `at`: its entries, where the listed members end, and where it ends itself."""
    xlen, name, size = struct.unpack_from("<H2sH", data, at + 10)
    check(data[at : at + 10] == START and name == b"SX" and size == xlen - 4, "no index member")
    end = at + 16 + size + len(EMPTY)
    footer_at = end - len(EMPTY) - FOOTER.size
    count, offset, index_at, own_len, crc, magic = FOOTER.unpack_from(data, footer_at)
    check(data[at + 16 : at + 18] == bytes([1, 0]) and magic == b"SLIX", "unknown version")
    check(own_len == end - at and crc == zlib.crc32(data[at : footer_at + 24]), "damaged index member")
    entries, first_ts, here = [], 0, at + 18
    for _ in range(count):
        length, here = varint(data, here)
        text_len, here = varint(data, here)
        delta, here = varint(data, here)
        first_ts += delta >> 1 if delta % 2 == 0 else -(delta >> 1) - 1
        span, here = varint(data, here)
        mask, here = data[here], here + 1
        counts = [0] * 6
        for code in range(6):
            if mask >> code & 1:
                counts[code], here = varint(data, here)
        entries.append((offset, length, text_len, first_ts, first_ts + span, counts))
        offset += length
    check(here == footer_at, "the table does not fill its member")
    return entries, offset, index_at, end


with open(sys.argv[1], "rb") as file:
    data = file.read()

check(data.endswith(EMPTY), "no index at the end")
index_at = at = FOOTER.unpack_from(data, len(data) - len(EMPTY) - FOOTER.size)[2]
members = []
listed_to = 0
while at < len(data):
    entries, listed_to, claimed, at = read_table(data, at)
    check(claimed == index_at, "index members disagree")
    members += entries
check(listed_to == index_at, "the index does not reach the end of the members")

totals = [0] * 6
for offset, length, text_len, first_ts, last_ts, counts in members:
    header = data[offset : offset + 74]
    fields = struct.unpack_from("<BBIIIqq6II", header, 16)
    check(header[:16] == START + struct.pack("<H2sH", 62, b"SL", 58), "no SL field")
    check(fields[-1] == zlib.crc32(header[:70]), "damaged header")
    wanted = (1, 0, length, text_len, sum(counts), first_ts, last_ts, *counts)
    check(fields[:-1] == wanted, "header and index differ")
    text = zlib.decompress(data[offset : offset + length], wbits=31)
    check(len(text) == text_len and text.count(b"\n") == sum(counts), "text and header differ")
    totals = [a + b for a, b in zip(totals, counts)]

print(json.dumps({"members": len(members), "records": sum(totals), "levels": dict(zip(LEVELS, totals))}))
