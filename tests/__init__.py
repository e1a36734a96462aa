"""Tests as documentation: cases as data, real files, real processes."""
