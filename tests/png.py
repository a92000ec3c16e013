"""Checks pictures without our own code: each must be a PNG of 1600x1000, under 200 kB, and not blank."""
import struct
import sys
import zlib

for path in sys.argv[1:]:
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is not a PNG"
    assert len(data) < 200_000, f"{path} has {len(data)} bytes"
    size = struct.unpack(">II", data[16:24])
    assert size == (1600, 1000), f"{path} is {size}"
    at, pixels = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IDAT":
            pixels += data[at + 8:at + 8 + length]
        at += length + 12
    colours = len(set(zlib.decompress(pixels)))
    assert colours > 16, f"{path} looks blank: {colours} different bytes"
    print(f"{path}: {size[0]}x{size[1]}, {len(data)} bytes")
assert len(sys.argv) > 1, "no picture to check"
