"""Forms 19–25 on paper, and the certificate that letters were destroyed (clause 68.5)."""

from collections.abc import Iterable
from datetime import date

from django.template.loader import render_to_string

from circulars.archive_words import DEPARTMENT, MINISTRY, Form
from circulars.enums_archive import Method, Outcome
from circulars.models import Destruction, LetterSettings
from portal.core.pdf import render_pdf
from portal.core.thai.dates import long
from portal.core.thai.digits import to_thai
from portal.org.enums import UnitKind
from portal.org.models import Unit

LEAST_LINES = {False: 12, True: 12}
"""Lines on the picture of a form, landscape and portrait; short lists are filled up with them."""

METHODS = {
    Method.SHRED: "ตัดเป็นชิ้นเล็กจนอ่านเป็นเรื่องไม่ได้",
    Method.BURN: "เผา",
    Method.PULP: "ย่อยเป็นเยื่อกระดาษ",
    Method.DELETE: "ลบออกจากระบบสารบรรณอิเล็กทรอนิกส์",
    Method.OTHER: "วิธีอื่น",
}


def form_pdf(
    *,
    form: Form,
    rows: Iterable[tuple[str, ...]],
    unit: Unit,
    year: int | None = None,
    day: date | None = None,
) -> bytes:
    """A form with its lines; Thai digits by the office's setting."""
    html = form_html(form=form, rows=rows, unit=unit, year=year, day=day)
    return render_pdf(html, title=form.title[0].format(year=year or ""))


def form_html(
    *,
    form: Form,
    rows: Iterable[tuple[str, ...]],
    unit: Unit,
    year: int | None = None,
    day: date | None = None,
) -> str:
    thai = has_thai_digits(unit)
    figures = to_thai if thai else str
    lines = [[figures(cell) for cell in row] for row in rows]
    blank = max(0, LEAST_LINES[form.portrait] - len(lines))
    context = {
        "form": form,
        "number": figures(str(form.number)),
        "name": figures(form.name),
        "clause": figures(form.clause),
        "titles": [figures(line.format(year=year or "")) for line in form.title],
        "sentence": figures(form.sentence),
        "ministry": MINISTRY,
        "department": DEPARTMENT,
        "division": figures(_agency(unit)),
        "day": figures(long(day)) if day else "",
        "lines": lines,
        "blanks": [[""] * len(form.columns)] * blank,
        "thai": thai,
    }
    return render_to_string("circulars/pdf/archive_form.html", context)


def certificate_pdf(destruction: Destruction) -> bytes:
    """บันทึกการทำลายหนังสือ, signed by the committee, for who approved it (clause 68.5)."""
    return render_pdf(certificate_html(destruction), title="บันทึกการทำลายหนังสือ")


def certificate_html(destruction: Destruction) -> str:
    thai = has_thai_digits(destruction.house)
    figures = to_thai if thai else str
    lines = destruction.lines.filter(outcome=Outcome.DESTROY).select_related("kept")
    media = [line.kept.medium for line in lines]
    kept = destruction.lines.filter(outcome=Outcome.KEEP).count()

    def day(value: date | None) -> str:
        return figures(long(value)) if value else "-"

    context = {
        "destruction": destruction,
        "house": figures(_agency(destruction.house)),
        "year": figures(str(destruction.year)),
        "destroyed_on": day(destruction.destroyed_on),
        "made_on": day(destruction.made_on),
        "order": figures(destruction.order_number),
        "order_date": day(destruction.order_date),
        "approved_on": day(destruction.approved_at and destruction.approved_at.date()),
        "sent_on": day(destruction.sent_on),
        "sent_reference": figures(destruction.sent_reference),
        "answered_on": day(destruction.answered_on) if destruction.answered_on else "",
        "answer_reference": figures(destruction.answer_reference),
        "electronic_order": figures(destruction.electronic_order),
        "paper": figures(str(media.count("paper"))),
        "electronic": figures(str(media.count("electronic"))),
        "kept": figures(str(kept)),
        "method": METHODS[Method(destruction.method)],
        "place": figures(destruction.place),
        "seats": [
            (seat, figures(long(seat.signed_at.date())) if seat.signed_at else "")
            for seat in destruction.seats.select_related("person")
        ],
        "noted_on": day(destruction.noted_at and destruction.noted_at.date()),
    }
    return render_to_string("circulars/pdf/archive_certificate.html", context)


def has_thai_digits(unit: Unit) -> bool:
    own = LetterSettings.objects.filter(office=unit.office_id).first()
    return own.thai_digits if own else True


def _agency(unit: Unit) -> str:
    """The office by its full name for its own unit, any other unit by its own."""
    return unit.office.name if unit.kind == UnitKind.OFFICE else unit.name
