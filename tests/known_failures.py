"""Tests that fail because the hub is wrong, each with its reason. A test that begins to pass fails until its line is removed.

The key is the end of the test's id; the reason names the place in adapter/ or mappings/ where the fault is.
"""

from __future__ import annotations

KNOWN: dict[str, str] = {}

SILENT = "test_translate.py::test_every_leaf_of_the_source_arrives_or_is_reported"
KNOWN[f"{SILENT}[envelope_to_spine]"] = "load and generation are one code for hub:Absolute"
KNOWN[f"{SILENT}[metered_data_to_register]"] = "Register.down: the window is not said; message.py, place_address writes over the sender"

KNOWN["test_generated_laws.py::test_what_was_drawn_is_what_is_lifted[cim:usage_points-TC1]"] = (
    "mappings/cim/usage_points.yaml: meter, equipment, feeder and substation are related to joined variables, which no leaf writes; they are lost in silence"
)
