"""Named permission predicates that join with ``&``, ``|`` and ``~``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Check = Callable[[Any, Any], bool]


class Predicate:
    """``predicate(user, obj) -> bool`` that can be combined into a larger one."""

    def __init__(self, check: Check, name: str) -> None:
        self._check = check
        self.name = name

    def __call__(self, user: Any, obj: Any = None) -> bool:
        return self._check(user, obj)

    def __and__(self, other: Predicate) -> Predicate:
        return Predicate(lambda u, o: self(u, o) and other(u, o), f"({self.name} & {other.name})")

    def __or__(self, other: Predicate) -> Predicate:
        return Predicate(lambda u, o: self(u, o) or other(u, o), f"({self.name} | {other.name})")

    def __invert__(self) -> Predicate:
        return Predicate(lambda u, o: not self(u, o), f"~{self.name}")

    def __repr__(self) -> str:
        return f"<Predicate {self.name}>"


def predicate(check: Check) -> Predicate:
    """Turn a function of (user, obj) into a named predicate."""
    return Predicate(check, check.__name__)
