"""Serves moto with the resource types of this folder, as the tests of the Rust crates serve it.

`serve.py plain` serves it without them: so the tests see what moto cannot do by itself.
"""

import sys
from pathlib import Path

import emulator

ROOT = Path(__file__).resolve().parents[3]

if sys.argv[1:] != ["plain"]:
    emulator.install()
here = ROOT / "crates/testkit/src/moto"
exec(compile("".join((here / name).read_text() for name in ("mended.py", "filled.py", "serve.py")), "moto", "exec"))
