"""What is done with letters besides the moves of their tables, as the audit calls it."""

from django.utils.translation import gettext_lazy as _

from circulars.enums import ChaseScope, CircularSeries

ACTION_NAMES = {
    "agency.change": _("Changed the directory of agencies outside"),
    "agency.merge": _("Merged two agencies outside"),
    "delivery.download": _("Downloaded a letter with its files"),
    "delivery.forward": _("Handed a letter to a colleague"),
    "delivery.read_secret": _("Opened a secret letter"),
    "handling.ask": _("Asked for an opinion on a received letter"),
    "handling.batch": _("Decided several letters at once"),
    "handling.give_more": _("Gave a received letter to more owners"),
    "handling.handover": _("Handed a desk over"),
    "handling.inform": _("Gave copies of a received letter for information"),
    "handling.targets": _("Changed target times of letters"),
    "letter.add_agency": _("Added an agency outside the office"),
    "letter.board_export": _("Exported the board of a letter"),
    "letter.chase": _("Reminded recipients of a letter"),
    "letter.checked": _("Compared what was read from a file with the paper"),
    "letter.docx": _("Downloaded a letter as a Word file"),
    "letter.draft": _("Began a letter"),
    "letter.enter": _("Entered a letter from outside"),
    "letter.read_secret": _("Opened a secret letter"),
    "letter.recipients": _("Chose the recipients of a letter"),
    "letter.reply": _("Began the reply to a received letter"),
    "letter.see_secret_pages": _("Saw the pages of a secret letter"),
    "letter_settings.change": _("Changed how letters are numbered and printed"),
    "register.enter": _("Wrote a line in a register"),
    "register.import": _("Took over an old register book"),
    "register.pack": _("Made a pack for days without network"),
    "register.paper": _("Took a register away as a file"),
    "register.reconcile": _("Keyed in numbers written by hand"),
    "register.release": _("Gave up reserved numbers"),
    "register.reserve": _("Reserved register numbers"),
    "register.void": _("Made a line of a register void"),
    "recipient_list.delete": _("Deleted a list of recipients"),
    "recipient_list.save": _("Saved a list of recipients"),
    "stamp.begin": _("Ordered a receipt stamp"),
    "stamp.place": _("Placed a receipt stamp"),
}

DETAIL_NAMES = {
    "added": _("added"),
    "reminded": _("reminded"),
    "removed": _("taken away"),
    "scope": _("scope"),
    "series": _("number series"),
    "thai_digits": _("Thai digits"),
    "unheard": _("with nobody to tell"),
}

DETAIL_VALUES = {"scope": dict(ChaseScope.choices), "series": dict(CircularSeries.choices)}
