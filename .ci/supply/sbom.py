#!/usr/bin/env python3
"""Bill of materials of the sidecar's image as CycloneDX 1.5: every crate that the build of log-router takes in.

    sbom.py [--package sluice-log-router] [--target TRIPLE] > log-router.cdx.json

`cargo tree` says which crates those are, since it resolves features for one package; `cargo metadata` resolves them
for the whole workspace and would list more. Crates that only the build runs (macros, build scripts) have the scope
"excluded". The same Cargo.lock gives the same bytes: no time, no random number.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tomllib
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout


def tree(package, target, edges):
    """(depth, name, version) of each crate, in the order of the tree."""
    lines = cargo("tree", "--locked", "--offline", "-p", package, "-e", edges, "--target", target,
                  "--prefix", "depth", "--format", "{p}").splitlines()
    found = (re.match(r"(\d+)(\S+) v(\S+)", line) for line in lines)
    return [(int(one[1]), one[2], one[3]) for one in found if one]


def edges_of(rows):
    """What each crate depends on. cargo writes a crate's children only where it stands first."""
    depends, path = {}, []
    for depth, name, version in rows:
        del path[depth:]
        depends.setdefault((name, version), set())
        if path:
            depends[path[-1]].add((name, version))
        path.append((name, version))
    return depends


def licence(text):
    """SPDX since 2.1 wants OR where old manifests have a slash."""
    return re.sub(r"\s*/\s*", " OR ", text)


def component(package, checksum, scope):
    name, version = package["name"], package["version"]
    purl = f"pkg:cargo/{name}@{version}"
    made = {"type": "library", "bom-ref": purl, "name": name, "version": version, "scope": scope, "purl": purl}
    if package.get("license"):
        made["licenses"] = [{"expression": licence(package["license"])}]
    if checksum:
        made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package.get("repository"):
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def bill(package, target):
    metadata = json.loads(cargo("metadata", "--locked", "--offline", "--format-version", "1"))
    packages = {(one["name"], one["version"]): one for one in metadata["packages"]}
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(one["name"], one["version"]): one.get("checksum") for one in lock["package"]}
    linked = edges_of(tree(package, target, "normal,no-proc-macro"))
    depends = edges_of(tree(package, target, "normal,build"))
    root = next(key for key in depends if key[0] == package)
    keys = sorted(depends)
    refs = {key: f"pkg:cargo/{key[0]}@{key[1]}" for key in keys}
    components = [
        component(packages[key], checksums.get(key), "required" if key in linked else "excluded")
        for key in keys if key != root
    ]
    main = component(packages[root], None, "required") | {"type": "application"}
    text = json.dumps([components, sorted(refs.values())], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {"component": main, "properties": [{"name": "cargo:target", "value": target}]},
        "components": components,
        "dependencies": [
            {"ref": refs[key], "dependsOn": sorted(refs[one] for one in depends[key])} for key in keys
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", default="sluice-log-router")
    parser.add_argument("--target", default="x86_64-unknown-linux-gnu")
    arguments = parser.parse_args()
    json.dump(bill(arguments.package, arguments.target), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
