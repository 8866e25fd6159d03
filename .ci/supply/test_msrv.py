"""No dependency asks for a newer Rust than the workspace says."""

import json
import pathlib
import subprocess
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def version(text):
    return tuple(int(part) for part in (text + ".0.0").split(".")[:3])


class LeastRust(unittest.TestCase):
    def test_every_dependency_builds_with_the_workspaces_rust(self):
        least = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["rust-version"]
        output = subprocess.run(["cargo", "metadata", "--locked", "--format-version", "1"], cwd=ROOT,
                                text=True, capture_output=True, check=True).stdout
        packages = json.loads(output)["packages"]
        asking = [package for package in packages if package["rust_version"]]
        self.assertGreater(len(asking), 100)
        newer = [f"{package['name']} {package['version']} wants {package['rust_version']}" for package in asking
                 if version(package["rust_version"]) > version(least)]
        self.assertEqual(newer, [], f"the workspace says {least}")


if __name__ == "__main__":
    unittest.main()
