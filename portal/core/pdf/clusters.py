"""Thai consonants with their marks: which there are, and how a font places their glyphs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import uharfbuzz

CONSONANTS = [chr(code) for code in range(0x0E01, 0x0E2F)]
VOWEL_MARKS = "ัิีึืฺุู็ํ"
TONES = "่้๊๋"
TONES_AND_THANTHAKHAT = TONES + "์"
SARA_AM = "ำ"

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
        return parts_of(self.glyphs[1:], self.origin)


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


def plan_clusters(shaper: Shaper) -> Plan:
    """All clusters that the font has glyphs for."""
    plan = Plan()
    for text in thai_clusters():
        glyphs = shaper.shape(text)
        if len(glyphs) > 1 and all(shaped.glyph != ".notdef" for shaped in glyphs):
            plan.add(Cluster(text[1:], glyphs))
    return plan


def parts_of(glyphs: Iterable[Shaped], origin: int) -> tuple[Part, ...]:
    """(glyph, x, y) of each, from ``origin`` on the base line."""
    return tuple((g.glyph, g.pen + g.x_offset - origin, g.y_offset) for g in glyphs)
