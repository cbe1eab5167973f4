"""Looks a letter over before it is signed; each finding names its clause."""

from circulars.linter.findings import Finding, Severity
from circulars.linter.lint import RULES, errors, findings

__all__ = ["RULES", "Finding", "Severity", "errors", "findings"]
