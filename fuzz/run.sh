#!/usr/bin/env bash
# Runs each fuzz target for some seconds: fuzz/run.sh [SECONDS] [TARGET…]. Needs a nightly toolchain; installs
# cargo-fuzz when it is missing. Seeds are made from the samples of the repository, the corpus stays in fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- record_engine spool_reader archive_reader spec catalog forward_scanner forward_handshake \
    firelens_file query_json query_pack aws_lines
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice/target}/fuzz"

cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz

# The engine's first byte chooses its settings.
mkdir -p fuzz/corpus/{record_engine,spool_reader,archive_reader,spec,catalog}
for log in examples/logs/crash-*.log crates/record/tests/traces/*.txt; do
    { printf '\0'; head -c 4000 "$log"; } >"fuzz/corpus/record_engine/$(basename "$log")"
done
python3 - <<'PYTHON'
import glob, pathlib, tomllib
for path in glob.glob("crates/record/tests/loggers/*.toml"):
    for at, case in enumerate(tomllib.loads(pathlib.Path(path).read_text())["case"]):
        name = f"fuzz/corpus/record_engine/{pathlib.Path(path).stem}-{at}"
        pathlib.Path(name).write_bytes(b"\0" + case["line"].encode())
PYTHON
cp sluice.example.toml crates/pipeline/tests/mistakes.toml fuzz/corpus/spec/
cp glue-schemas/*.toml fuzz/corpus/catalog/
mkdir -p fuzz/corpus/{firelens_file,query_json,query_pack,aws_lines}
printf '[FILTER]\n    Name   grep\n    Match app-firelens*\n    Regex  log ERROR|order \\d+\n[FILTER]\n    Name record_modifier\n    Match *\n    Record ecs_cluster prod\n    Record ecs_task_arn arn:aws:ecs:r:1:task/prod/01\n\0app-firelens-1\0order 7' \
    >fuzz/corpus/firelens_file/agent
head -n 40 examples/logs/backend-json.log | split -l 1 - fuzz/corpus/query_json/line-
for query in queries/*/*.sql; do cp "$query" "fuzz/corpus/query_pack/$(basename "$(dirname "$query")")-$(basename "$query")"; done
cp fuzz/seeds/aws_lines/* fuzz/corpus/aws_lines/
cargo run --quiet -p sluice-spool --example sample_segment >fuzz/corpus/spool_reader/sample
cargo run --quiet -p sluice-archive --example sample_object >fuzz/corpus/archive_reader/sample
cargo run --quiet -p sluice-forward --example sample_messages -- fuzz/corpus

for target in "$@"; do
    echo "== $target for $seconds s"
    log=$(mktemp)
    if ! cargo +nightly fuzz run --fuzz-dir fuzz "$target" -- \
        -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        echo "$target failed; its input is in fuzz/artifacts/$target" >&2
        exit 1
    fi
    grep -E 'DONE|stat::number_of_executed_units|stat::peak_rss_mb' "$log"
    rm -f "$log"
done
