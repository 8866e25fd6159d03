#!/usr/bin/env python3
"""Counts the instructions of parsing and of encoding under callgrind and compares them with baseline.json.

    guard.py BINARY [--update] [--tolerance PERCENT] [--again N]

Exits 0 within the tolerance, 1 above it, 2 when the baseline was made by another compiler or for other results, so
that the two cannot be compared. Fewer instructions are never a failure. --again N works on each N-th line twice: a
slowdown of known size, to see that the guard notices it.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

BASELINE = pathlib.Path(__file__).with_name("baseline.json")
PHASES = ("guarded_parse", "guarded_encode")


def count(binary, phase, again):
    """Instructions between a phase's call and its return, and what the binary printed."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "callgrind.out"
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--toggle-collect=*{phase}*",
             binary, *([str(again)] if again else [])],
            text=True, capture_output=True)
        if run.returncode:
            sys.exit(f"guard: {binary} failed under valgrind:\n{run.stderr}")
        found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)
    if not found or int(found[1]) == 0:
        sys.exit(f"guard: callgrind counted nothing in {phase}; was the function inlined or renamed?")
    return int(found[1]), json.loads(run.stdout)


def measure(binary, again):
    compiler = subprocess.run(["rustc", "--version"], text=True, capture_output=True, check=True).stdout.strip()
    result = {"compiler": compiler, "instructions": {}}
    for phase in PHASES:
        result["instructions"][phase], result["results"] = count(binary, phase, again)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--tolerance", type=float, default=2.0)
    parser.add_argument("--again", type=int)
    arguments = parser.parse_args()
    now = measure(arguments.binary, arguments.again)
    if arguments.update:
        BASELINE.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
        print(f"guard: {BASELINE} written")
        return 0
    before = json.loads(BASELINE.read_text())
    for key in ("compiler", "results"):
        if now[key] != before[key]:
            print(f"guard: {key} differ, so instructions cannot be compared: {before[key]} then, {now[key]} now;"
                  " if that is intended, make guard-update")
            return 2
    worse = False
    for phase, instructions in now["instructions"].items():
        change = 100 * (instructions / before["instructions"][phase] - 1)
        worse |= change > arguments.tolerance
        print(f"guard: {phase} {instructions:,} instructions, {change:+.2f} %"
              f" ({instructions / now['results']['input_bytes']:.2f} a byte of lines)")
    if worse:
        print(f"guard: more than {arguments.tolerance} % above the baseline")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
