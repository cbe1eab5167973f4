"""What the parts of forms are called that are not columns of a letter."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "issuer": _("Issued by"),
    "effective": _("In force from"),
    "edition": _("Number"),
    "certified": _("Person or body certified"),
    "certified_position": _("Position"),
    "certified_affiliation": _("Works at"),
    "with_photo": _("With a photograph, for matters of weight"),
    "meeting_number": _("Meeting no."),
    "held_on": _("Held on"),
    "place": _("Meeting place"),
    "present": _("Present"),
    "absent": _("Absent"),
    "attending": _("In attendance"),
    "began_at": _("Began at"),
    "ended_at": _("Ended at"),
    "taken_by": _("Minutes taken by"),
    "ends_at": _("Signed or approved by"),
    "references": _("references"),
    "attachments": _("attachments"),
}
