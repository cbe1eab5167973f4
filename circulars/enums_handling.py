"""Words and roles of what happens to a received letter inside an office or school."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from circulars.enums import Speed
from portal.org.enums import Role, UnitKind


class HandlingState(models.TextChoices):
    """How far a received letter has come in its house."""

    NEW = "new", _("Not submitted yet")
    PROPOSED = "proposed", _("Submitted for an order")
    ASSIGNED = "assigned", _("Assigned")
    IN_WORK = "in_work", _("Being worked on")
    REPORTED = "reported", _("Result reported")
    CLOSED = "closed", _("Closed")


class HandlingStepKind(models.TextChoices):
    """What somebody is asked for; the first three make the way, the others stand beside it."""

    PROPOSE = "propose", _("Submitted")
    REMARK = "remark", _("Remark")
    ORDER = "order", _("Order")
    CONSULT = "consult", _("Opinion")
    INFORM = "inform", _("For information")


class Share(models.TextChoices):
    """Who answers for the work, and who takes part in it."""

    LEAD = "lead", _("Lead")
    SECONDARY = "secondary", _("Secondary")
    JOINT = "joint", _("Joint")


class AssignmentState(models.TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    GIVEN = "given", _("Assigned, not accepted yet")
    ACCEPTED = "accepted", _("Accepted")
    REPORTED = "reported", _("Result reported")
    DONE = "done", _("Done")
    RETURNED = "returned", _("Given back")
    PULLED_BACK = "pulled_back", _("Taken back")
    DROPPED = "dropped", _("Not ordered")


MAIN_KINDS = (HandlingStepKind.PROPOSE, HandlingStepKind.REMARK, HandlingStepKind.ORDER)
"""Steps of the way itself: the letter is at one of them."""

DESK_KINDS = (HandlingStepKind.REMARK, HandlingStepKind.ORDER, HandlingStepKind.CONSULT)
"""Steps at which somebody is waited for."""

OPEN_STATES = (AssignmentState.GIVEN, AssignmentState.ACCEPTED)
"""Work that its owner has not reported yet."""

LIVE_STATES = (
    AssignmentState.SUGGESTED,
    AssignmentState.GIVEN,
    AssignmentState.ACCEPTED,
    AssignmentState.REPORTED,
    AssignmentState.DONE,
)
"""Work that counts: it was neither given back, taken back nor left out of the order."""

SEEN_STATES = (
    AssignmentState.GIVEN,
    AssignmentState.ACCEPTED,
    AssignmentState.REPORTED,
    AssignmentState.DONE,
    AssignmentState.RETURNED,
)
"""Work whose owner may read the letter."""

WORKING = (HandlingState.ASSIGNED, HandlingState.IN_WORK, HandlingState.REPORTED)
"""States of a letter that somebody has to do something about."""

ORDERING_POSTS = {
    UnitKind.OFFICE: (Role.DIRECTOR, Role.DEPUTY),
    UnitKind.EXECUTIVE: (Role.DIRECTOR, Role.DEPUTY),
    UnitKind.GROUP: (Role.GROUP_DIRECTOR,),
    UnitKind.SECTION: (Role.GROUP_DIRECTOR,),
    UnitKind.SCHOOL: (Role.PRINCIPAL,),
}
"""The posts that order what is done about a letter that a unit of a kind received."""

READS_CENTRAL_INBOX = (Role.DIRECTOR, Role.DEPUTY, Role.REGISTRY)
"""Roles that see every open letter to the office itself."""

UNIT_HEAD = {
    UnitKind.OFFICE: Role.REGISTRY,
    UnitKind.EXECUTIVE: Role.DIRECTOR,
    UnitKind.GROUP: Role.GROUP_DIRECTOR,
    UnitKind.SECTION: Role.GROUP_DIRECTOR,
    UnitKind.SCHOOL: Role.PRINCIPAL,
}
"""The post at which work waits that is given to a unit as a whole."""

BATCH_LIMIT = 20
"""So many letters can be decided with one look at the list."""

TARGETS = {
    Speed.ORDINARY: (16, 7),
    Speed.URGENT: (8, 3),
    Speed.VERY_URGENT: (3, 2),
    Speed.MOST_URGENT: (1, 1),
}
"""Usual targets: working hours at each desk, working days to do what was ordered."""

REMARK_PHRASES = (
    "เพื่อโปรดทราบ",
    "เพื่อโปรดพิจารณา",
    "เพื่อโปรดสั่งการ",
    "เห็นควรแจ้งผู้เกี่ยวข้องทราบและดำเนินการ",
    "เห็นชอบตามเสนอ",
)
"""What a remark (เกษียน) usually says, in official words."""

ORDER_PHRASES = (
    "ทราบ",
    "ทราบ แจ้งผู้เกี่ยวข้อง",
    "ดำเนินการตามเสนอ",
    "มอบผู้รับผิดชอบดำเนินการ",
    "ดำเนินการและรายงานผล",
)
"""What an order (สั่งการ) usually says, in official words."""

REPORT_PHRASES = (
    "ดำเนินการเรียบร้อยแล้ว",
    "ประสานงานแล้ว อยู่ระหว่างดำเนินการ",
    "แจ้งผู้เกี่ยวข้องทราบแล้ว",
)
"""What a report of work usually says."""
