"""Rules about what is written in a letter."""

import re
from collections.abc import Iterator

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from circulars.enums import LetterKind
from circulars.kinds import Part
from circulars.linter.findings import Draft, Finding
from circulars.merging_words import PLACEHOLDER
from circulars.models import Letter
from circulars.parts import LABELS
from portal.core.thai.dates import ERA, MONTHS, SHORT_MONTHS

_ENCLOSED = re.compile(
    r"สิ่งที่ส่งมาด้วย|เอกสารแนบ|(?:ดัง|ตามที่|ที่)(?:ได้)?แนบ|แนบมาพร้อม|ที่ส่งมาพร้อม|ตามเอกสารที่ส่ง"
)
_ENCLOSED_NUMBER = re.compile(r"สิ่งที่ส่งมาด้วย\s*(\d{1,2})")
_DOTS = re.compile(r"\.{4,}|…{2,}")
_CHRISTIAN = re.compile(r"(?<!\d)(20[0-9]{2})(?!\d)")
_MONTH = "|".join(map(re.escape, (*MONTHS, *SHORT_MONTHS)))
_CHRISTIAN_BEFORE = re.compile(rf"(?:พ\.?\s?ศ\.?|ปี|{_MONTH})\s*$")
_ARTICLE = re.compile(r"^ข้อ\s*(\d+)\s*(.*)$", re.MULTILINE)
_WEIGHTY = re.compile(r"เบิกจ่าย|อนุมัติงบประมาณ|โอนงบประมาณ|ชำระเงิน|วินัยร้ายแรง")


def missing_parts(draft: Draft) -> Iterator[Finding]:
    """Each part that the form requires has something in it."""
    for part in draft.kind.required:
        if not str(draft.value(part.name)).strip():
            words = _("“%(label)s” is still missing.") % {"label": label_of(part)}
            yield draft.error("missing_part", words, part.name)


def label_of(part: Part) -> str:
    """The part's name as the form of its kind calls it."""
    if part.label:
        return str(part.label)
    if part.name in LABELS:
        return str(LABELS[part.name])
    return str(getattr(Letter._meta.get_field(part.name), "verbose_name", part.name))


def named_but_not_attached(draft: Draft) -> Iterator[Finding]:
    """What the text calls enclosed is attached, up to the number that it names (11.7)."""
    if not draft.kind.part("attachments") or not (match := _ENCLOSED.search(draft.text)):
        return
    count = len(draft.attachments)
    named = max(map(int, _ENCLOSED_NUMBER.findall(draft.text)), default=1)
    if not count:
        words = _("The text says “%(words)s”, but nothing is attached.") % {"words": match[0]}
        yield draft.warning("not_attached", words, "attachments")
    elif named > count:
        words = _("The text names enclosure %(named)s, but only %(count)s are attached.")
        yield draft.warning(
            "not_attached", words % {"named": named, "count": count}, "attachments"
        )


def attached_but_not_named(draft: Draft) -> Iterator[Finding]:
    """What is attached is mentioned in the text (11.7; memos 12.6)."""
    if draft.attachments and not _ENCLOSED.search(draft.text):
        title = draft.attachments[0]
        if title not in draft.text:
            words = _("“%(title)s” is attached, but the text does not mention an enclosure.")
            yield draft.warning("not_named", words % {"title": title}, "body")


def placeholders(draft: Draft) -> Iterator[Finding]:
    """No blank of a template is left, except those that a list of people fills."""
    filled = draft.columns
    for part, words in draft.written.items():
        left = sorted(set(PLACEHOLDER.findall(words)) - filled)
        if left:
            said = _("Still to be filled in: %(names)s.")
            names = ", ".join(f"{{{name}}}" for name in left)
            yield draft.error("placeholder", said % {"names": names}, part)


def dots(draft: Draft) -> Iterator[Finding]:
    """No dotted line is left from a paper form."""
    for part in ("subject", "body"):
        if _DOTS.search(draft.written[part]):
            yield draft.warning("dots", _("A dotted line is still to be filled in."), part)


def christian_years(draft: Draft) -> Iterator[Finding]:
    """Years are those of the Buddhist era (11.3)."""
    for part in ("subject", "body"):
        text = draft.text if part == "body" else draft.written[part]
        years = [
            match[1]
            for match in _CHRISTIAN.finditer(text)
            if _CHRISTIAN_BEFORE.search(text[: match.start()])
        ]
        if years:
            words = _("“%(year)s” looks like a Christian year; in the Buddhist era it is %(be)s.")
            year = int(years[0])
            yield draft.warning("christian_year", words % {"year": year, "be": year + ERA}, part,
                                clause="11.3")  # fmt: skip


def articles_of_rules(draft: Draft) -> Iterator[Finding]:
    """Article 1 is the name, article 2 the day it begins, one says who sees to it (17.6)."""
    if draft.letter.kind not in (LetterKind.RULE, LetterKind.BYLAW) or not draft.text:
        return
    articles = {int(number): text for number, text in _ARTICLE.findall(draft.text)}
    wanted = (
        ("เรียกว่า" in articles.get(1, ""), _("Article 1 does not give the name.")),
        ("ใช้บังคับ" in articles.get(2, ""), _("Article 2 does not say from when it is in force.")),
        ("รักษาการ" in draft.text, _("No article says who sees to it.")),
    )
    for is_there, words in wanted:
        if not is_there:
            yield draft.warning("articles", words, "body", clause=f"{draft.kind.clause}.6")


def matters_under_seal(draft: Draft) -> Iterator[Finding]:
    """A sealed letter is for small matters, not for money (13)."""
    if draft.letter.kind == LetterKind.SEALED and (match := _WEIGHTY.search(draft.text)):
        words = _("“%(words)s”: a sealed letter is not for money and weighty matters.")
        yield draft.warning("under_seal", words % {"words": match[0]}, "body", clause="13")


def times_of_meeting(draft: Draft) -> Iterator[Finding]:
    """A meeting has been held, and ended after it began (25.3, 25.10)."""
    if draft.letter.kind != LetterKind.MINUTES:
        return
    details = draft.letter.details
    began, ended = details.get("began_at", ""), details.get("ended_at", "")
    if began and ended and ended <= began:
        yield draft.error("meeting_times", _("The meeting ends before it begins."), "ended_at")
    held = parse_date(details.get("held_on") or "")
    if held and held > timezone.localdate():
        yield draft.error("meeting_day", _("The meeting has not been held yet."), "held_on")
