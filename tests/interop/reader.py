"""Prints the SHA-256 of the text of a gzip file: python3 reader.py FILE"""

import gzip
import hashlib
import sys

digest = hashlib.sha256()
with gzip.open(sys.argv[1]) as text:
    while block := text.read(1 << 16):
        digest.update(block)
print(digest.hexdigest())
