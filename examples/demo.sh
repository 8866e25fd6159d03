#!/usr/bin/env bash
# The sample logs through log-router into a local archive, and what came out. `make demo` calls it:
# demo.sh LOG_ROUTER FOLDER
set -euo pipefail

router=$1
out=$2
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

bold "The same errors by fingerprint: what failed, and how often"
sed -E 's/.*"message":"(([^"\\]|\\.)*)".*"fingerprint":"([0-9a-f]+)".*/\3  \1/' "$out/errors.jsonl" |
    cut -c"1-$width" | sort | awk '{ n[$1]++; first[$1] = first[$1] ? first[$1] : $0 } END { for (f in n) printf "%5d × %s\n", n[f], first[f] }' |
    sort -rn | head -n 10

printf '\nAll of it is in %s\n' "$out"
