"""Tables of moves as Mermaid state diagrams, in English, kept in the READMEs of the apps."""

from collections.abc import Iterator

from django.utils.translation import override

from portal.workflow.tables import Move, Table


class MissingMarkers(Exception):
    """The README has no place for the diagram of this table."""


def mermaid(table: Table) -> str:
    """The table as a state diagram: every state with its label, every move as an arrow."""
    with override("en"):
        return "\n".join(["stateDiagram-v2", *_lines(table)]) + "\n"


def block(table: Table) -> str:
    """The diagram as it stands in a README, with the markers around it."""
    start, end = markers(table)
    return f"{start}\n```mermaid\n{mermaid(table)}```\n{end}"


def markers(table: Table) -> tuple[str, str]:
    return f"<!-- workflow:{table.kind} -->", f"<!-- /workflow:{table.kind} -->"


def put_into(text: str, table: Table) -> str:
    """``text`` with the diagram of ``table`` brought up to date between its markers.

    Raises MissingMarkers where there are none.
    """
    start, end = markers(table)
    head, found_start, rest = text.partition(start)
    _old, found_end, tail = rest.partition(end)
    if not (found_start and found_end):
        raise MissingMarkers(f"{start} … {end}")
    return f"{head}{block(table)}{tail}"


def _lines(table: Table) -> Iterator[str]:
    for state in table.states:
        yield f"    {state.value} : {state.label}"
    yield f"    [*] --> {table.initial}"
    for move in table.moves:
        yield from _arrows(table, move)
    leaving = {state for move in table.moves for state in move.source}
    for state in table.states:
        if state.value not in leaving:
            yield f"    {state.value} --> [*]"


def _arrows(table: Table, move: Move) -> Iterator[str]:
    """One arrow for each source and outcome, in the order in which the states are declared."""
    outcomes = move.outcomes() or frozenset(table.states.values)
    for source in table.states.values:
        for target in table.states.values:
            if source in move.source and target in outcomes:
                yield f"    {source} --> {target} : {move.label}"
