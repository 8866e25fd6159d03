#!/usr/bin/env bash
# Builds log-router of HEAD twice in folders of different names and compares the binaries: docs/release.md. Two whole
# release builds; prints the checksum. Exits 1 when they differ.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sysroot=$(rustc --print sysroot)
home=${CARGO_HOME:-$HOME/.cargo}

build() { # NAME
    mkdir "$work/$1"
    git archive HEAD | tar x -C "$work/$1"
    (
        cd "$work/$1"
        # By the variable, not by a file: it must hold for every crate, and a file would name the folder itself.
        CARGO_TARGET_DIR="$work/$1-target" \
            CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=$PWD=/src"$'\x1f'"--remap-path-prefix=$home=/cargo"$'\x1f'"--remap-path-prefix=$sysroot=/rust"$'\x1f'"--remap-path-prefix=$work/$1-target=/target" \
            cargo build --release --locked --quiet -p sluice-log-router --bin log-router
    )
    cp "$work/$1-target/release/log-router" "$work/$1.bin"
    rm -rf "$work/$1-target"
}

build one
build another-folder
sha256sum "$work"/*.bin
cmp "$work/one.bin" "$work/another-folder.bin" || {
    echo "the builds differ; strings that only one has:" >&2
    comm -3 <(strings "$work/one.bin" | sort -u) <(strings "$work/another-folder.bin" | sort -u) | head -20 >&2
    exit 1
}
