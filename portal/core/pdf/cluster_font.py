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

Only uharfbuzz and fontTools are needed, and only here.
"""

from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

from portal.core.pdf.clusters import SARA_AM, TONES, Part, Plan, Shaper, parts_of, plan_clusters
from portal.core.pdf.substitutions import Lookups

_AA = "uni0E32"
_BASE_CLASS, _MARK_CLASS = 1, 3
# Component flags: the arguments are x and y, rounded to the grid.
_ARGS_ARE_XY_ROUNDED = 0x0002 | 0x0004


def build_cluster_font(source: Path, target: Path, *, family: str) -> None:
    """Write ``source`` (a TrueType font with Thai) to ``target`` as a font named ``family``.

    The Open Font License asks for a name of its own; copyright and licence records stay.
    """
    font = TTFont(source, recalcTimestamp=False)
    shaper = Shaper(source, font.getGlyphOrder())
    plan = plan_clusters(shaper)
    glyphs = _GlyphAdder(font)
    variants = _add_tails(glyphs, plan)
    lone = _add_lone_sara_am(glyphs, shaper)
    _add_replacement(glyphs)
    glyphs.finish()
    _add_lookups(font, plan, variants, lone)
    _rename(font, family)
    font["post"].formatType = 3.0
    font.save(target)


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

    def copy(self, original: str, name: str) -> None:
        """A glyph with its own copy of the outline of ``original``."""
        self._font["glyf"].glyphs[name] = deepcopy(self._font["glyf"][original])
        self._font["hmtx"][name] = self._font["hmtx"][original]
        self.classes[name] = _BASE_CLASS
        self._order.append(name)

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
            parts_of(shaped, 0),
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
    """The box of a missing glyph under U+FFFD, so that it has a text of its own as well.

    A copy of the outline: a writer that needs no .notdef drops what a composite would draw.
    """
    glyphs.copy(".notdef", "replacement")
    glyphs.encode("\ufffd", "replacement")


def _add_lookups(font: TTFont, plan: Plan, variants: list[Variant], lone: LoneSaraAm) -> None:
    classes = font["GDEF"].table.GlyphClassDef.classDefs
    marks = {
        name for name, kind in classes.items() if kind == _MARK_CLASS and name.startswith("uni0E")
    }
    lookups = Lookups(font)
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


def _join_tails(lookups: Lookups, plan: Plan, marks: set[str]) -> int:
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


def _choose_variants(lookups: Lookups, variants: list[Variant]) -> int:
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


def _widen_bases(lookups: Lookups, plan: Plan, variants: list[Variant]) -> int:
    tails = {
        variant.glyph
        for variant in variants
        if variant.tail.endswith(SARA_AM) and len(variant.tail) > 1
    }
    widen = lookups.single({base: _wide(base) for base in plan.wide})
    return lookups.contextual([lookups.rule(glyphs=[plan.wide], after=[tails], apply=widen)])


def _keep_sara_am_apart(lookups: Lookups, lone: LoneSaraAm, preceding: set[str]) -> int:
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
