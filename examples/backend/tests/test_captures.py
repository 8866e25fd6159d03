"""The checked-in captures agree with the counts that the application kept while it wrote them."""

import pytest

import check_counts


@pytest.mark.parametrize("style", ["json", "text"])
def test_capture_agrees_with_the_applications_own_counts(style: str):
    assert check_counts.differences(style) == []


def test_a_record_with_its_traceback_counts_once():
    seen = check_counts.read(
        [
            "ERROR:    Exception in ASGI application",
            "Traceback (most recent call last):",
            "ValueError: n/a",
            "2026-11-24 05:00:00,000 INFO [shop] next",
        ]
    )
    assert (seen.levels, seen.tracebacks, seen.stray) == ({"error": 1, "info": 1}, 1, [])


def test_a_line_that_no_error_owns_is_reported():
    assert check_counts.read(["INFO:     ready", "  loose end"]).stray == [2]
