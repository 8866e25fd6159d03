"""Checks a captured log against the counts that the application kept: `python check_counts.py json text`.

Independent of the application and of Sluice: it knows only how the first line of a record looks (a JSON
object, the text format's time and level, uvicorn's `LEVEL:  `, a thread's `Exception in thread`). Every other
line must belong to an ERROR record above it. `--add-file-facts` also writes size and line count into the
expectations, after a capture.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

LOGS = Path(__file__).resolve().parent.parent / "logs"

_TEXT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR|CRITICAL) \[([\w.]+)\] ")
_UVICORN = re.compile(r"(INFO|WARNING|ERROR|CRITICAL): {1,8}\S")
_TRACEBACK = re.compile(r"(  \+ Exception Group )?Traceback \(most recent call last\):")


@dataclass
class Seen:
    """What one pass over the lines found."""

    levels: Counter[str] = field(default_factory=Counter)
    tracebacks: int = 0
    threads: int = 0
    stray: list[int] = field(default_factory=list)
    """Numbers of the lines that no ERROR record can own."""


def read(lines: list[str]) -> Seen:
    """Count the records in a log's lines (without line ends)."""
    seen = Seen()
    level = ""
    traceback_open = False  # a record that may have a traceback, whose traceback is still to come
    for number, line in enumerate(lines, start=1):
        if line.startswith("{"):
            record = json.loads(line)
            level = record["level"].lower()
            seen.tracebacks += "exc_info" in record
            traceback_open = False
        elif match := _TEXT.match(line) or _UVICORN.match(line):
            level = match[1].lower()
            traceback_open = True
        elif line.startswith("Exception in thread "):
            level = "error"
            seen.threads += 1
            traceback_open = True
        else:
            if level != "error":
                seen.stray.append(number)
            if traceback_open and _TRACEBACK.match(line):
                seen.tracebacks += 1
                traceback_open = False
            continue
        seen.levels[level] += 1
    return seen


def differences(style: str) -> list[str]:
    """What in `backend-<style>.log` is not as its expectations say; empty when all is."""
    expected = json.loads((LOGS / f"backend-{style}.expected.json").read_text())
    text = (LOGS / f"backend-{style}.log").read_text(encoding="utf-8")
    lines = text.split("\n")[:-1]
    seen = read(lines)
    pairs = {
        "lines": (len(lines), expected["lines"]),
        "bytes": (len(text.encode()), expected["bytes"]),
        "records": (seen.levels.total(), expected["records"]),
        "tracebacks": (seen.tracebacks, expected["tracebacks"]),
        "thread tracebacks": (seen.threads, expected["thread_tracebacks"]),
        **{level: (seen.levels[level], count) for level, count in expected["records_by_level"].items()},
    }
    found = [f"{what}: {ours} in the log, {theirs} expected" for what, (ours, theirs) in pairs.items() if ours != theirs]
    if seen.stray:
        found.append(f"lines of no record: {seen.stray[:10]}")
    if not text.endswith("\n"):
        found.append("the last line has no end")
    return found


def add_file_facts(style: str) -> None:
    """Write line and byte counts of the log into its expectations."""
    path = LOGS / f"backend-{style}.expected.json"
    log = (LOGS / f"backend-{style}.log").read_bytes()
    facts = {"log": f"backend-{style}.log", "lines": log.count(b"\n"), "bytes": len(log)}
    path.write_text(json.dumps(facts | json.loads(path.read_text()), indent=2) + "\n")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    problems = []
    for name in [argument for argument in arguments if not argument.startswith("--")]:
        if "--add-file-facts" in arguments:
            add_file_facts(name)
        problems += [f"backend-{name}.log: {problem}" for problem in differences(name)]
    print("\n".join(problems) or "the counts agree")
    sys.exit(1 if problems else 0)
