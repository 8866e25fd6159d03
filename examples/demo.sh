#!/usr/bin/env bash
# The sample logs through log-router into a local archive, and the first answers of logq. `make demo` calls it:
# demo.sh LOG_ROUTER LOGQ FOLDER
set -euo pipefail

router=$1
logq=$2
out=$3
root=$(cd "$(dirname "$0")/.." && pwd)
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$root/examples/logs"

bold() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# Long lines are cut to the terminal; what is cut is in the file.
width=$( [ -t 1 ] && tput cols 2>/dev/null || echo 160)

bold "\$ log-router pipe --service shop --archive file://…/archive --errors …/errors.jsonl examples/logs/*.log"
"$router" pipe --service shop --archive "file://$out/archive" --errors "$out/errors.jsonl" ./*.log

bold "The archive: gzip objects by hour of the records' own time"
(cd "$out/archive" && find . -name '*.json.gz' -printf '%10s bytes  %P\n' | sort -k3)

bold "One record of each level"
object_lines() { find "$out/archive" -name '*.json.gz' -exec zcat {} + 2>/dev/null || true; }
for level in debug info warn error fatal; do
    object_lines | grep -m1 "^{\"ts\":\"[^\"]*\",\"level\":\"$level\"" | cut -c"1-$width"
done

bold "The errors: $(wc -l <"$out/errors.jsonl") lines in errors.jsonl, the first five"
head -n 5 "$out/errors.jsonl" | cut -c"1-$width"

# The samples are of this day.
ask() {
    bold "\$ logq $*"
    LOGQ_HISTORY=off "$logq" "$@" --source "$out/archive" --from 2026-11-24 --to 2026-11-25
}
ask run errors/top-fingerprints --param limit=5
ask run errors/rate-by-minute --format chart
ask run performance/latency-by-route --param limit=8 --format chart
ask sql "SELECT level, count(*) AS records FROM app_logs WHERE {{window}} GROUP BY level ORDER BY records DESC" --stats

printf '\nAll of it is in %s. More questions:\n' "$out"
printf '  %s list\n  %s shell --source %s --from 2026-11-24 --to 2026-11-25\n' "$logq" "$logq" "$out/archive"
