"""What the portal's own actions are called in the audit; apps above name theirs themselves."""

from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import SignInResult
from portal.org.enums import ActingKind, Role

ACTION_NAMES = {
    "access.denied": _("Was refused"),
    "audit.exported": _("Exported the audit"),
    "audit.read": _("Read the audit"),
    "back_office.exported": _("Back-office: exported"),
    "back_office.imported": _("Back-office: imported"),
    "desk.entry_add": _("Wrote an entry of the daily record"),
    "desk.entry_change": _("Changed an entry of the daily record"),
    "desk.entry_delete": _("Took an entry out of the daily record"),
    "desk.evidence": _("Exported evidence for the office standard"),
    "desk.report_read": _("Read the report of a person"),
    "file.attach": _("Attached a file"),
    "file.infected": _("A virus was found in a file"),
    "file.read": _("Downloaded a file"),
    "notification.resent": _("Sent a mail again"),
    "notification.undelivered": _("Read the list of undelivered mail"),
    "org.add_person": _("Added a person"),
    "org.appoint": _("Appointed a person"),
    "org.close_office_on": _("Declared a day off"),
    "org.close_unit": _("Closed a unit"),
    "org.demo": _("Loaded demo data"),
    "org.end_acting": _("Ended acting for someone"),
    "org.end_membership": _("Ended a membership"),
    "org.found_office": _("Founded an office"),
    "org.move_person": _("Moved a person"),
    "org.open_school": _("Took in a school"),
    "org.set_acting": _("Had a person act for another"),
    "org.set_school_facts": _("Changed the facts of a school"),
    "person.profile_changed": _("Changed the own profile"),
}

DETAIL_NAMES = {
    "channel": _("channel"),
    "count": _("count"),
    "day": _("day"),
    "delete": _("deleted"),
    "fields": _("fields"),
    "filters": _("filters"),
    "from": _("from"),
    "kind": _("kind"),
    "membership": _("membership"),
    "merged_into": _("merged into"),
    "method": _("method"),
    "model": _("list"),
    "new": _("added"),
    "on": _("day"),
    "people": _("people"),
    "point": _("point of the standard"),
    "reason": _("reason"),
    "result": _("result"),
    "role": _("role"),
    "rows": _("rows"),
    "skip": _("unchanged"),
    "smis_code": _("SMIS code"),
    "to": _("to"),
    "tried": _("what was tried"),
    "unit": _("unit"),
    "update": _("changed"),
}

FACTORS = {
    "password": _("Password"),
    "code": _("Code"),
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "passkey": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
    "invitation": _("Invitation"),
}

DETAIL_VALUES = {
    "kind": {**FACTORS, **dict(ActingKind.choices)},
    "method": FACTORS,
    "result": dict(SignInResult.choices),
    "role": dict(Role.choices),
}
