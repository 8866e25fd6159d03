"""The bill of materials: what every entry must have, and that the same lock file gives the same bytes.

    python3 -m unittest discover -s .ci/supply

With cyclonedx-python-lib[json-validation] installed, the bill is also held against the published schema.
"""

import json
import unittest

import sbom

try:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
except ImportError:
    JsonStrictValidator = None

TARGET = "x86_64-unknown-linux-gnu"


class Bill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bill = sbom.bill("sluice-log-router", TARGET)

    def test_every_component_has_name_version_purl_and_licence(self):
        self.assertGreater(len(self.bill["components"]), 100)
        for one in self.bill["components"] + [self.bill["metadata"]["component"]]:
            with self.subTest(one["bom-ref"]):
                self.assertTrue(one["name"] and one["version"])
                self.assertEqual(one["purl"], f"pkg:cargo/{one['name']}@{one['version']}")
                self.assertTrue(one["licenses"][0]["expression"])

    def test_every_crate_of_the_registry_has_its_checksum(self):
        for one in self.bill["components"]:
            if not one["name"].startswith("sluice-"):
                self.assertEqual(len(one["hashes"][0]["content"]), 64, one["name"])

    def test_references_are_unique_and_lead_somewhere(self):
        known = [one["bom-ref"] for one in self.bill["components"]] + [self.bill["metadata"]["component"]["bom-ref"]]
        self.assertEqual(len(known), len(set(known)))
        for one in self.bill["dependencies"]:
            self.assertIn(one["ref"], known)
            self.assertLessEqual(set(one["dependsOn"]), set(known))

    def test_no_query_engine_is_in_the_sidecar_and_macros_are_not_shipped(self):
        scope = {one["name"]: one["scope"] for one in self.bill["components"]}
        self.assertFalse([name for name in scope if name.startswith(("datafusion", "arrow", "parquet"))])
        self.assertEqual((scope["serde_derive"], scope["tokio"], scope["ring"]), ("excluded", "required", "required"))

    @unittest.skipIf(JsonStrictValidator is None, "needs cyclonedx-python-lib[json-validation]")
    def test_it_is_valid_cyclonedx(self):
        problem = JsonStrictValidator(SchemaVersion.V1_5).validate_str(json.dumps(self.bill))
        self.assertIsNone(problem, problem)


if __name__ == "__main__":
    unittest.main()
