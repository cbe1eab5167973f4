"""How the pages show marks and states of the archive."""

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from circulars.archive_words import ELECTRONIC, FOR_EVER, UNTIL, mark
from circulars.enums_archive import KeptState, LoanState
from circulars.models import DestructionLine, Folder, KeptLetter, Loan
from circulars.permissions_archive import keeps_unit
from portal.core.thai.dates import short

register = template.Library()

TABS = (
    ("archive", "circulars:archive"),
    ("plan", "circulars:archive_plan"),
    ("loans", "circulars:loans"),
    ("lists", "circulars:archive_lists"),
    ("destructions", "circulars:destructions"),
)
TONES = {
    KeptState.KEPT: ("success", "archive"),
    KeptState.DEPOSITED: ("info", "bank"),
    KeptState.HANDED_OVER: ("info", "bank"),
    KeptState.DESTROYED: ("danger", "trash3"),
}
LOAN_TONES = {
    LoanState.ASKED: "neutral",
    LoanState.CONFIRMED: "info",
    LoanState.APPROVED: "info",
    LoanState.LENT: "brand",
    LoanState.RETURNED: "success",
    LoanState.REFUSED: "danger",
    LoanState.WITHDRAWN: "neutral",
}


@register.simple_tag
def archive_tabs(here: str) -> SafeString:
    labels = {
        "archive": _("Kept letters"),
        "plan": _("File plan"),
        "loans": _("Loans"),
        "lists": _("To the National Archives"),
        "destructions": _("Destruction"),
    }
    items = [
        {"label": labels[code], "url": reverse(name), "active": code == here}
        for code, name in TABS
    ]
    return render_to_string("components/tabs.html", {"items": items, "label": _("Archive")})


@register.simple_tag
def keep_mark(kept: KeptLetter) -> SafeString:
    """ตรากำหนดเก็บหนังสือ: red for ever, blue until a year (clauses 55.1, 73)."""
    words = mark(kept)
    colour = "red" if words == FOR_EVER else "blue"
    if words == ELECTRONIC:
        colour = "plain"
    return _mark(colour, words)


@register.simple_tag
def folder_mark(folder: Folder) -> SafeString:
    """What the folder's paper letters are marked with."""
    if folder.period is None:
        return _mark("red", FOR_EVER)
    years = _("%(n)s years") % {"n": folder.period}
    return format_html('{} <span class="text-muted-ink">{}</span>', years, UNTIL[:12] + "…")


@register.simple_tag
def kept_state(kept: KeptLetter) -> SafeString:
    tone, icon = TONES[KeptState(kept.state)]
    return _tag(kept.get_state_display(), tone, icon)


@register.simple_tag
def loan_state(loan: Loan) -> SafeString:
    if loan.is_overdue:
        return _tag(_("overdue"), "danger", "alarm")
    return _tag(loan.get_state_display(), LOAN_TONES[LoanState(loan.state)], "")


@register.simple_tag
def destroyed_notice(line: DestructionLine) -> SafeString:
    """The stub of a destroyed letter: by which decision."""
    chain = line.destruction
    words = _(
        "Destroyed on %(day)s by %(house)s, list of the year %(year)s; order %(order)s,"
        " approved by %(head)s."
    ) % {
        "day": short(chain.destroyed_on) if chain.destroyed_on else "–",
        "house": chain.house,
        "year": chain.year,
        "order": chain.order_number,
        "head": chain.approved_by,
    }
    context = {"tone": "danger", "title": _("This letter is destroyed"), "text": words}
    return render_to_string("components/notice.html", context)


@register.inclusion_tag("circulars/_archive_card.html", takes_context=True)
def archive_card(context: Context, letter: object, delivery: object = None) -> dict[str, object]:
    """Where a letter is kept, or the way to put it away."""
    kept = getattr(delivery, "kept", None)
    if delivery is None:
        sent = KeptLetter.objects.filter(letter=letter, delivery=None)  # type: ignore[misc]
        kept = sent.select_related("folder").first()
    owner = delivery or letter
    may_file = not kept and keeps_unit(context["request"].user, owner.unit)  # type: ignore[attr-defined]
    finished = bool(delivery.entry_id) if delivery else letter.state == "dispatched"  # type: ignore[attr-defined]
    tab = "received" if delivery else "sent"
    url = f"{reverse('circulars:to_file')}?tab={tab}" if may_file and finished else ""
    return {"kept": kept, "file_url": url}


def _mark(colour: str, words: str) -> SafeString:
    return format_html('<span class="keep-mark keep-mark-{}">{}</span>', colour, words)


def _tag(label: str, tone: str, icon: str) -> SafeString:
    context = {"label": label, "tone": tone, "icon": icon}
    return render_to_string("components/status_tag.html", context)
