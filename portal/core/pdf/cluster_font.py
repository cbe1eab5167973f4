"""Rebuilds a Thai font so that each glyph stands for exactly one text.

A PDF writer notes one text per glyph. A Thai font breaks that: ำ is drawn as ํ and า, and a
mark is drawn by another glyph, at another place, for each consonant and vowel around it. Text
copied from such a PDF reads สำมำรถ for สามารถ, or has its tone marks out of order.

Here every consonant with its vowel mark, tone and ำ is shaped once with the original font, and
what follows the base becomes ONE composite glyph with the shaped places baked in. The outlines
are the original's own. Four lookups, appended to the Thai `ccmp` feature, choose them:

1. the glyphs after a base → one placeholder that stands for their text,
2. placeholder after this base → the variant whose parts lie right for it,
3. base before a tone with ำ → its copy as wide as the whole cluster,
4. ำ without a known base → one glyph of its own; its า is kept apart from a real า.

Only uharfbuzz and fontTools are needed, and only here; design notes in docs of the PDF module.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import uharfbuzz
from fontTools.otlLib import builder as otl
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

CONSONANTS = [chr(code) for code in range(0x0E01, 0x0E2F)]
VOWEL_MARKS = "ัิีึืฺุู็ํ"
TONES = "่้๊๋"
TONES_AND_THANTHAKHAT = TONES + "์"
SARA_AM = "ำ"

_AA = "uni0E32"
_BASE_CLASS, _MARK_CLASS = 1, 3
# Component flags: the arguments are x and y, rounded to the grid.
_ARGS_ARE_XY_ROUNDED = 0x0002 | 0x0004

Part = tuple[str, int, int]


def thai_clusters() -> Iterator[str]:
    """Every consonant with a vowel mark, a tone, both, or a tone and ำ: about 3,200."""
    for base in CONSONANTS:
        for vowel, tone in product(["", *VOWEL_MARKS], ["", *TONES_AND_THANTHAKHAT]):
            if vowel or tone:
                yield base + vowel + tone
        for tone in ["", *TONES]:
            yield base + tone + SARA_AM


@dataclass(frozen=True)
class Shaped:
    """A glyph as HarfBuzz placed it, in font units; ``pen`` is where its advance begins."""

    glyph: str
    pen: int
    x_offset: int
    y_offset: int
    advance: int


@dataclass(frozen=True)
class Cluster:
    """A base and what follows it, shaped; ``tail`` is the text that follows the base."""

    tail: str
    glyphs: tuple[Shaped, ...]

    @property
    def base(self) -> str:
        return self.glyphs[0].glyph

    @property
    def tail_glyphs(self) -> tuple[str, ...]:
        return tuple(shaped.glyph for shaped in self.glyphs[1:])

    @property
    def width(self) -> int:
        return sum(shaped.advance for shaped in self.glyphs)

    @property
    def ends_in_sara_am(self) -> bool:
        return self.tail.endswith(SARA_AM)

    @property
    def is_wide(self) -> bool:
        """Tone with ำ: the base takes the whole width and the tail none, as other tails do."""
        return self.ends_in_sara_am and len(self.tail) > 1

    @property
    def origin(self) -> int:
        """Where the composite of the tail begins, from the base's origin."""
        return self.width if self.is_wide else self.glyphs[0].advance

    @property
    def parts(self) -> tuple[Part, ...]:
        return _parts(self.glyphs[1:], self.origin)


@dataclass
class Plan:
    """What has to be added: which tails there are and which variant goes with which base."""

    tails: dict[tuple[str, ...], str] = field(default_factory=dict)
    bases: dict[tuple[str, tuple[Part, ...], int], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    wide: dict[str, int] = field(default_factory=dict)

    def add(self, cluster: Cluster) -> None:
        self.tails[cluster.tail_glyphs] = cluster.tail
        variant = (cluster.tail, cluster.parts, cluster.width - cluster.origin)
        self.bases[variant].add(cluster.base)
        if cluster.is_wide:
            self.wide[cluster.base] = cluster.width

    @property
    def every_base(self) -> set[str]:
        return set().union(*self.bases.values())


class Shaper:
    """Shapes Thai text with a font file; glyphs by their names."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self._font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
        self._names = names

    def shape(self, text: str) -> tuple[Shaped, ...]:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.script, buffer.direction, buffer.language = "thai", "ltr", "th"
        uharfbuzz.shape(self._font, buffer)
        shaped, pen = [], 0
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            name = self._names[info.codepoint]
            shaped.append(
                Shaped(name, pen, position.x_offset, position.y_offset, position.x_advance)
            )
            pen += position.x_advance
        return tuple(shaped)


def build_cluster_font(source: Path, target: Path, *, family: str) -> None:
    """Write ``source`` (a TrueType font with Thai) to ``target`` as a font named ``family``.

    The Open Font License asks for a name of its own; copyright and licence records stay.
    """
    font = TTFont(source, recalcTimestamp=False)
    shaper = Shaper(source, font.getGlyphOrder())
    plan = _plan(shaper)
    glyphs = _GlyphAdder(font)
    variants = _add_tails(glyphs, plan)
    lone = _add_lone_sara_am(glyphs, shaper)
    _add_replacement(glyphs)
    glyphs.finish()
    _add_lookups(font, plan, variants, lone)
    _rename(font, family)
    font["post"].formatType = 3.0
    font.save(target)


def _plan(shaper: Shaper) -> Plan:
    plan = Plan()
    for text in thai_clusters():
        glyphs = shaper.shape(text)
        if len(glyphs) > 1 and all(shaped.glyph != ".notdef" for shaped in glyphs):
            plan.add(Cluster(text[1:], glyphs))
    return plan


def _parts(glyphs: Iterable[Shaped], origin: int) -> tuple[Part, ...]:
    return tuple((g.glyph, g.pen + g.x_offset - origin, g.y_offset) for g in glyphs)


def _name(tail: str) -> str:
    """The placeholder's name of a tail: th.0E31_0E49."""
    return "th." + "_".join(f"{ord(character):04X}" for character in tail)


class _GlyphAdder:
    """Adds composite glyphs to a TrueType font."""

    def __init__(self, font: TTFont) -> None:
        self._font = font
        self._order = list(font.getGlyphOrder())
        self.classes: dict[str, int] = font["GDEF"].table.GlyphClassDef.classDefs

    def add(self, name: str, parts: Iterable[Part], *, advance: int, kind: int) -> str:
        """A glyph of the class ``kind`` drawn from ``parts``; without any it is empty."""
        glyph = Glyph()
        glyph.components = [_component(part) for part in parts]
        glyph.numberOfContours = -1 if glyph.components else 0
        self._font["glyf"].glyphs[name] = glyph
        left = 0
        if glyph.components:
            glyph.recalcBounds(self._font["glyf"])
            left = glyph.xMin
        self._font["hmtx"][name] = (advance, left)
        self.classes[name] = kind
        self._order.append(name)
        return name

    def advance_of(self, name: str) -> int:
        return self._font["hmtx"][name][0]

    def has(self, name: str) -> bool:
        return name in self._font["hmtx"].metrics

    def encode(self, character: str, name: str) -> None:
        for table in self._font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(character)] = name

    def finish(self) -> None:
        self._font.setGlyphOrder(self._order)
        self._font["glyf"].glyphOrder = self._order


def _component(part: Part) -> GlyphComponent:
    component = GlyphComponent()
    component.glyphName, component.x, component.y = part
    component.flags = _ARGS_ARE_XY_ROUNDED
    return component


@dataclass(frozen=True)
class Variant:
    """A drawn tail: it replaces ``placeholder`` after any of ``bases``."""

    tail: str
    placeholder: str
    glyph: str
    bases: frozenset[str]


def _add_tails(glyphs: _GlyphAdder, plan: Plan) -> list[Variant]:
    for tail in sorted(set(plan.tails.values())):
        glyphs.add(_name(tail), [], advance=0, kind=_MARK_CLASS)
    variants = []
    for number, ((tail, parts, advance), bases) in enumerate(
        sorted(plan.bases.items(), key=lambda item: item[0])
    ):
        kind = _BASE_CLASS if advance else _MARK_CLASS
        name = glyphs.add(f"{_name(tail)}.v{number}", parts, advance=advance, kind=kind)
        variants.append(Variant(tail, _name(tail), name, frozenset(bases)))
    for base, width in sorted(plan.wide.items()):
        glyphs.add(_wide(base), [(base, 0, 0)], advance=width, kind=_BASE_CLASS)
    return variants


def _wide(base: str) -> str:
    return f"{base}.wide"


@dataclass
class LoneSaraAm:
    """Glyphs for ำ where no known base precedes.

    ``whole`` maps the pair (ํ with its tone, า) to one glyph; ``aa`` maps such a ํ to the copy
    of า that follows it where a base or mark stands before.
    """

    whole: dict[tuple[str, ...], str] = field(default_factory=dict)
    aa: dict[str, str] = field(default_factory=dict)


def _add_lone_sara_am(glyphs: _GlyphAdder, shaper: Shaper) -> LoneSaraAm:
    lone = LoneSaraAm()
    for tone in ["", *TONES]:
        tail = tone + SARA_AM
        shaped = shaper.shape(tail)
        names = tuple(s.glyph for s in shaped)
        lone.whole[names] = glyphs.add(
            f"{_name(tail)}.lone",
            _parts(shaped, 0),
            advance=sum(s.advance for s in shaped),
            kind=_BASE_CLASS,
        )
        copy = glyphs.add(
            f"{_name(tail)}.aa", [(_AA, 0, 0)], advance=glyphs.advance_of(_AA), kind=_BASE_CLASS
        )
        for nikhahit in (names[0], f"{names[0]}.narrow"):
            if glyphs.has(nikhahit):
                lone.aa[nikhahit] = copy
    return lone


def _add_replacement(glyphs: _GlyphAdder) -> None:
    """The box of a missing glyph under U+FFFD, so that it has a text of its own as well."""
    notdef = ".notdef"
    advance = glyphs.advance_of(notdef)
    glyphs.add("replacement", [(notdef, 0, 0)], advance=advance, kind=_BASE_CLASS)
    glyphs.encode("\ufffd", "replacement")


class _Lookups:
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


def _add_lookups(font: TTFont, plan: Plan, variants: list[Variant], lone: LoneSaraAm) -> None:
    classes = font["GDEF"].table.GlyphClassDef.classDefs
    marks = {
        name for name, kind in classes.items() if kind == _MARK_CLASS and name.startswith("uni0E")
    }
    lookups = _Lookups(font)
    lookups.append_to_feature(
        "thai",
        "ccmp",
        [
            _join_tails(lookups, plan, marks),
            _choose_variants(lookups, variants),
            _widen_bases(lookups, plan, variants),
            _keep_sara_am_apart(lookups, lone, plan.every_base | marks),
        ],
    )


def _join_tails(lookups: _Lookups, plan: Plan, marks: set[str]) -> int:
    """The glyphs after a base become the placeholder of their text, the longest run first."""
    bases = plan.every_base
    groups: dict[tuple[bool, int], dict[tuple[str, ...], str]] = defaultdict(dict)
    for names, tail in plan.tails.items():
        groups[not tail.endswith(SARA_AM), len(names)][names] = _name(tail)
    nikhahits = {
        names[-2] for (plain, _n), tails in groups.items() if not plain for names in tails
    }
    unknown = lookups.rule(before=[bases], glyphs=[marks] * 3, apply=None)
    rules = [unknown]
    for (plain, count), tails in sorted(
        groups.items(), key=lambda group: (group[0][0], -group[0][1])
    ):
        inputs = [marks] * count if plain else [*[marks] * (count - 2), nikhahits, {_AA}]
        if count == 1:
            apply = lookups.single({names[0]: name for names, name in tails.items()})
        else:
            apply = lookups.ligature(tails)
        rules.append(lookups.rule(before=[bases], glyphs=inputs, apply=apply))
    return lookups.contextual(rules)


def _choose_variants(lookups: _Lookups, variants: list[Variant]) -> int:
    return lookups.contextual(
        [
            lookups.rule(
                before=[variant.bases],
                glyphs=[{variant.placeholder}],
                apply=lookups.single({variant.placeholder: variant.glyph}),
            )
            for variant in variants
        ]
    )


def _widen_bases(lookups: _Lookups, plan: Plan, variants: list[Variant]) -> int:
    tails = {
        variant.glyph
        for variant in variants
        if variant.tail.endswith(SARA_AM) and len(variant.tail) > 1
    }
    widen = lookups.single({base: _wide(base) for base in plan.wide})
    return lookups.contextual([lookups.rule(glyphs=[plan.wide], after=[tails], apply=widen)])


def _keep_sara_am_apart(lookups: _Lookups, lone: LoneSaraAm, preceding: set[str]) -> int:
    after_others = [
        lookups.rule(
            before=[{nikhahit}, preceding], glyphs=[{_AA}], apply=lookups.single({_AA: aa})
        )
        for nikhahit, aa in sorted(lone.aa.items())
    ]
    alone = [
        lookups.rule(glyphs=[{name} for name in names], apply=lookups.ligature({names: whole}))
        for names, whole in sorted(lone.whole.items())
    ]
    return lookups.contextual([*after_others, *alone])


_NAMES_WITH_FAMILY = {1, 3, 4, 6, 16, 18, 21}
_POSTSCRIPT_NAMES = {3, 6}


def _rename(font: TTFont, family: str) -> None:
    original = font["name"].getBestFamilyName()
    for record in font["name"].names:
        if record.nameID in _NAMES_WITH_FAMILY:
            own = family.replace(" ", "") if record.nameID in _POSTSCRIPT_NAMES else family
            record.string = record.toUnicode().replace(original, own)
