"""logq against DuckDB over the same gzip JSON: `make bench-query`.

    bench.py BIN_FOLDER WORK_FOLDER [--megabytes N] [--runs N] [--json FILE] [--archive-only]

Writes an archive of 24 hours once (seeded lines through log-router), then asks every question by turns of both. logq's
time is that of its whole process; DuckDB's that of the query alone, without the start of Python and the import. CPU and
peak memory are those of the processes. The medians are told.
"""

import argparse
import glob
import json
import os
import platform
import statistics
import subprocess
import sys
import time

COLUMNS = (
    "{ts: 'VARCHAR', level: 'VARCHAR', service: 'VARCHAR', message: 'VARCHAR', http_path: 'VARCHAR', "
    "http_status: 'INTEGER', duration_ms: 'DOUBLE', user_id: 'VARCHAR', attrs: 'JSON'}"
)
DAY = "year = '{y}' AND month = '{m}' AND day = '{d}'"

# name, what it shows, logq's SQL, DuckDB's where it differs
QUESTIONS = [
    ("count by level", "index", "SELECT level, count(*) AS n FROM app_logs WHERE {day} GROUP BY level ORDER BY level", None),
    (
        "errors only: top messages",
        "index",
        "SELECT message, count(*) AS n FROM app_logs WHERE {day} AND level IN ('error', 'fatal') "
        "GROUP BY message ORDER BY n DESC, message LIMIT 20",
        None,
    ),
    (
        "one hour by minute",
        "window",
        "SELECT substr(ts, 1, 16) AS minute, count(*) AS n FROM app_logs WHERE {day} AND hour = '12' "
        "GROUP BY substr(ts, 1, 16) ORDER BY minute",
        None,
    ),
    (
        "p95 by route",
        "scan",
        "SELECT http_path, approx_percentile(duration_ms, 0.95) AS p95, count(*) AS n FROM app_logs WHERE {day} "
        "AND duration_ms IS NOT NULL GROUP BY http_path ORDER BY n DESC, http_path LIMIT 20",
        "SELECT http_path, quantile_disc(duration_ms, 0.95) AS p95, count(*) AS n FROM app_logs WHERE {day} "
        "AND duration_ms IS NOT NULL GROUP BY http_path ORDER BY n DESC, http_path LIMIT 20",
    ),
    (
        "requests and users by service",
        "scan",
        "SELECT service, count(*) AS n, count(DISTINCT user_id) AS users FROM app_logs WHERE {day} "
        "GROUP BY service ORDER BY service",
        None,
    ),
    (
        "a field inside attrs",
        "scan",
        "SELECT count(*) AS n FROM app_logs WHERE {day} AND json_extract_scalar(attrs, '$.region') IS NOT NULL",
        "SELECT count(*) AS n FROM app_logs WHERE {day} AND attrs->>'$.region' IS NOT NULL",
    ),
    (
        "text search in messages",
        "scan",
        "SELECT count(*) AS n FROM app_logs WHERE {day} AND message LIKE '%timeout%'",
        None,
    ),
]

DUCKDB = """
import json, sys, time
import duckdb
archive, sql = sys.argv[1:]
connection = duckdb.connect(config={"threads": "2"})
connection.execute("SET enable_progress_bar = false")
connection.execute("SELECT 1")
connection.execute(f"CREATE VIEW app_logs AS {archive}")
start = time.perf_counter()
rows = connection.execute(sql).fetchall()
print(json.dumps({"seconds": time.perf_counter() - start, "rows": rows}))
"""


def measured(command):
    """Output, wall seconds, CPU seconds and peak MiB of a process."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command[0]} failed: {command}")
    return output, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(runs):
    """The medians of wall seconds, CPU seconds and peak MiB."""
    return [statistics.median(run[at] for run in runs) for at in range(3)]


def archive_of(options):
    """The archive, made once for a size."""
    folder = os.path.join(options.work, f"query-{options.megabytes}")
    if not os.path.exists(os.path.join(folder, "done")):
        print(f"writing {options.megabytes} MB of lines and their archive …", file=sys.stderr)
        os.makedirs(folder, exist_ok=True)
        raw = os.path.join(folder, "raw")
        subprocess.run(
            [os.path.join(options.bin, "samples"), "--out", raw, "--only", "app", "--big-app", str(options.megabytes)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for path in sorted(glob.glob(os.path.join(raw, "app", "*"))):
            service = os.path.basename(path).split(".")[0]
            with open(path, "rb") as lines:
                subprocess.run(
                    [os.path.join(options.bin, "log-router"), "pipe", "--service", service, "--errors", "/dev/null"]
                    + ["--archive", f"file://{folder}/archive"],
                    stdin=lines,
                    check=True,
                    stderr=subprocess.DEVNULL,
                )
            os.remove(path)
        open(os.path.join(folder, "done"), "w").close()
    return os.path.join(folder, "archive")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin")
    parser.add_argument("work")
    parser.add_argument("--megabytes", type=int, default=1350)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json")
    parser.add_argument("--archive-only", action="store_true", help="make the archive, and print its place and its day")
    parser.add_argument("--logq", help="the logq to run instead of that of BIN_FOLDER")
    options = parser.parse_args()
    options.work, options.bin = os.path.abspath(options.work), os.path.abspath(options.bin)
    archive = archive_of(options)
    objects = glob.glob(f"{archive}/**/*.json.gz", recursive=True)
    days = {}
    for path in objects:
        parts = dict(part.split("=") for part in path.split("/") if "=" in part)
        key = (parts["year"], parts["month"], parts["day"])
        days[key] = days.get(key, 0) + 1
    year, month, day = max(days, key=days.get)
    if options.archive_only:
        print(archive, f"{year}-{month}-{day}")
        return
    day = DAY.format(y=year, m=month, d=day)
    view = (
        f"SELECT * FROM read_json('{archive}/**/*.json.gz', format = 'newline_delimited', columns = {COLUMNS}, "
        "hive_partitioning = true, hive_types_autocast = false)"
    )
    logq = options.logq or os.path.join(options.bin, "logq")
    os.environ["LOGQ_HISTORY"] = "off"
    size = sum(os.path.getsize(path) for path in objects)
    print(f"{len(objects)} objects, {size / 1e6:.0f} MB, of {options.megabytes} MB of lines; {platform.machine()}, "
          f"{os.cpu_count()} CPUs; medians of {options.runs} runs, by turns")
    print()
    print("| question | kind | logq s | CPU s | MiB | DuckDB s | CPU s | MiB | time | CPU |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    results = []
    for name, kind, sql, theirs in QUESTIONS:
        own, other = [], []
        answers = set()
        for _ in range(options.runs):
            command = [logq, "sql", sql.format(day=day), "--source", archive, "--threads", "2", "--format", "jsonl"]
            output, wall, cpu, peak = measured(command)
            own.append((wall, cpu, peak))
            rows = [list(json.loads(line).values()) for line in output.splitlines()]
            answers.add(json.dumps(rows))
            command = [sys.executable, "-c", DUCKDB, view, (theirs or sql).format(day=day)]
            output, _, cpu, peak = measured(command)
            answer = json.loads(output)
            other.append((answer["seconds"], cpu, peak))
            answers.add(json.dumps(answer["rows"]))
        if len(answers) != 1:
            sys.exit(f"{name}: the answers differ: {[answer[:300] for answer in answers]}")
        (c, d, e), (f, g, h) = median(own), median(other)
        print(f"| {name} | {kind} | {c:.3f} | {d:.2f} | {e:.0f} | {f:.3f} | {g:.2f} | {h:.0f} | {c / f:.2f} × | {d / g:.2f} × |",
              flush=True)
        results.append({"question": name, "kind": kind, "logq": {"seconds": c, "cpu": d, "mib": e},
                        "duckdb": {"seconds": f, "cpu": g, "mib": h}, "time_ratio": c / f, "cpu_ratio": d / g})
    if options.json:
        with open(options.json, "w") as out:
            json.dump({"objects": len(objects), "bytes": size, "megabytes": options.megabytes,
                       "results": results}, out, indent=1)


main()
