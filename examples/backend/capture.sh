#!/usr/bin/env bash
# Captures ../logs/backend-json.log and backend-text.log from real runs of the application, with the counts
# that it kept itself beside them. Usage: [PYTHON=python3.11] [APP_HOME=/app] ./capture.sh [json|text ...]
#
# APP_HOME is the folder that tracebacks show; it is made if needed and left for the next run.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
logs=$here/../logs
app=${APP_HOME:-/tmp/app}
python=${PYTHON:-python3}
port=${PORT:-18080}

mkdir -p "$app" "$logs"
rm -rf "${app:?}/shop"
cp -r "$here/shop" "$app/"
[ -x "$app/.venv/bin/python" ] || "$python" -m venv "$app/.venv"
"$app/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements-dev.txt"

capture() {
    local style=$1; shift
    local log=$logs/backend-$style.log server
    : >"$log"
    # Both streams are appended to one file, unbuffered, so that the lines stand in the order of their writing.
    (
        cd "$app"
        exec env -i PATH="$app/.venv/bin:/usr/bin:/bin" LANG=C.UTF-8 TZ=UTC PYTHONUNBUFFERED=1 \
            LOG_STYLE="$style" LOG_LEVEL=DEBUG LOG_COUNTS="$logs/backend-$style.expected.json" \
            uvicorn shop.main:app --host 127.0.0.1 --port "$port" >>"$log" 2>&1
    ) &
    server=$!
    trap 'kill -KILL '"$server"' 2>/dev/null || true' EXIT
    "$app/.venv/bin/python" "$here/load.py" --port "$port" "$@"
    # SIGINT, not SIGTERM: uvicorn raises SIGTERM again when it is done, and the counts at exit would be lost.
    # A background job of a script ignores SIGINT; uvicorn installs a handler of its own.
    kill -INT "$server"
    wait "$server"
    trap - EXIT
    "$app/.venv/bin/python" "$here/check_counts.py" --add-file-facts "$style"
}

[ $# -gt 0 ] || set -- json text
for style in "$@"; do
    case $style in
        json) capture json --seed 7 --customers 12 --steps 10 --rounds 4 --faults 0.02 ;;
        text) capture text --seed 11 --customers 8 --steps 8 --rounds 3 --faults 0.10 ;;
        *) echo "capture.sh: no log style $style (json or text)" >&2; exit 64 ;;
    esac
done
