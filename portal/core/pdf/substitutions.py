"""Glyph substitution lookups, appended to a font's GSUB table."""

from collections.abc import Iterable
from typing import Any

from fontTools.otlLib import builder as otl
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables


class Lookups:
    """Appends lookups to a font's GSUB table; each method returns the index of a new one."""

    def __init__(self, font: TTFont) -> None:
        self._table = font["GSUB"].table
        self._glyph_ids = font.getReverseGlyphMap()

    def single(self, mapping: dict[str, str]) -> int:
        return self._add(1, [otl.buildSingleSubstSubtable(mapping)])

    def ligature(self, mapping: dict[tuple[str, ...], str]) -> int:
        return self._add(4, [otl.buildLigatureSubstSubtable(mapping)])

    def contextual(self, rules: list[otTables.ChainContextSubst]) -> int:
        return self._add(6, rules)

    def rule(
        self,
        *,
        before: Iterable[Iterable[str]] = (),
        glyphs: Iterable[Iterable[str]],
        after: Iterable[Iterable[str]] = (),
        apply: int | None,
    ) -> otTables.ChainContextSubst:
        """Apply a lookup to the first of ``glyphs`` in this context; ``before`` from near to far.

        With None the rule ends the search: these glyphs stay as they are.
        """
        rule = otTables.ChainContextSubst()
        rule.Format = 3
        for part, sets in (("Backtrack", before), ("Input", glyphs), ("LookAhead", after)):
            coverage = [otl.buildCoverage(set(names), self._glyph_ids) for names in sets]
            setattr(rule, f"{part}Coverage", coverage)
            setattr(rule, f"{part}GlyphCount", len(coverage))
        rule.SubstLookupRecord = [] if apply is None else [_apply_at_first(apply)]
        rule.SubstCount = len(rule.SubstLookupRecord)
        return rule

    def append_to_feature(self, script: str, tag: str, indices: list[int]) -> None:
        for feature in self._features(script, tag):
            feature.LookupListIndex += indices
            feature.LookupCount = len(feature.LookupListIndex)

    def _features(self, script: str, tag: str) -> list[Any]:
        """The features ``tag`` of every language system of ``script``, each once."""
        systems = [
            system
            for record in self._table.ScriptList.ScriptRecord
            if record.ScriptTag == script
            for system in (
                record.Script.DefaultLangSys,
                *(item.LangSys for item in record.Script.LangSysRecord),
            )
            if system is not None
        ]
        records = self._table.FeatureList.FeatureRecord
        indices = {index for system in systems for index in system.FeatureIndex}
        return [records[i].Feature for i in sorted(indices) if records[i].FeatureTag == tag]

    def _add(self, kind: int, subtables: list[Any]) -> int:
        lookup = otTables.Lookup()
        lookup.LookupType, lookup.LookupFlag = kind, 0
        lookup.SubTable, lookup.SubTableCount = subtables, len(subtables)
        lookups = self._table.LookupList
        lookups.Lookup.append(lookup)
        lookups.LookupCount = len(lookups.Lookup)
        return lookups.LookupCount - 1


def _apply_at_first(lookup: int) -> otTables.SubstLookupRecord:
    record = otTables.SubstLookupRecord()
    record.SequenceIndex, record.LookupListIndex = 0, lookup
    return record
