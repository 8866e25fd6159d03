#!/usr/bin/env bash
# Captures ../logs/crash-*.log: each program is run from a neutral folder and dies there. Needs go, java, node
# and rustc. Usage: [APP_HOME=/app] ./capture.sh
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
logs=$here/../logs
app=${APP_HOME:-/tmp/app}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
mkdir -p "$app" "$logs"
export TZ=UTC LC_ALL=C.UTF-8

# Runs "$@" in $app with both streams in one file. A program that does not fail is a mistake.
crash() {
    local log=$logs/crash-$1.log; shift
    if (cd "$app" && exec "$@" >"$log" 2>&1); then
        echo "capture.sh: $* was to crash and did not" >&2
        exit 1
    fi
}

cp "$here"/*.go "$here"/*.java "$here"/*.js "$here"/*.rs "$app/"

export GOTRACEBACK=all
crash go-nil-map go run go_nil_map.go
crash go-nil-pointer go run go_nil_pointer.go
crash java-uncaught java JavaCrash.java
crash node-type-error node node_type_error.js
crash node-rejection node node_rejection.js
crash node-rejected-value node node_rejected_value.js
(cd "$app" && rustc --edition 2024 -g -o "$build/settlement" rust_panic.rs)
RUST_BACKTRACE=1 crash rust-panic "$build/settlement"
