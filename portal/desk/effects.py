"""What happens together with a move of a month's report; inside its lock."""

from typing import Any

from django.utils import timezone

from portal.desk.models import MonthReport
from portal.desk.superiors import Superior
from portal.notifications.service import notify
from portal.org.models import Unit
from portal.org.service import holders, signature_block
from portal.users.models import User


def hand_in(
    *,
    obj: MonthReport,
    actor: User,
    unit: Unit,
    superior: Superior,
    figures: list[list[Any]],
    summary: str = "",
) -> None:
    """Freeze the figures and put the report before the superior, who is told."""
    obj.unit = unit
    obj.to_unit_id, obj.to_roles = superior.unit_id, list(superior.roles)
    obj.figures, obj.summary = figures, summary
    obj.submitted_at = timezone.now()
    obj.decided_at, obj.decided_by, obj.decided_as, obj.remark = None, None, [], ""
    to_unit = Unit.objects.get(pk=superior.unit_id)
    people = [one for one in holders(unit=to_unit, roles=superior.roles) if one != actor]
    _tell("report_submitted", people, obj, actor)


def take_back(*, obj: MonthReport, actor: User) -> None:
    obj.submitted_at, obj.to_unit, obj.to_roles = None, None, []


def decide(*, obj: MonthReport, actor: User, remark: str = "") -> None:
    """Note who decided, as what, and tell the person."""
    obj.decided_at, obj.decided_by, obj.remark = timezone.now(), actor, remark
    to_unit = Unit.objects.select_related("office").get(pk=obj.to_unit_id or 0)
    block = signature_block(actor, unit=to_unit, roles=obj.to_roles)
    obj.decided_as = [block.name, *block.lines] if block else [actor.get_full_name()]


def approve(*, obj: MonthReport, actor: User, remark: str = "") -> None:
    decide(obj=obj, actor=actor, remark=remark)
    _tell("report_approved", [obj.person], obj, actor)


def give_back(*, obj: MonthReport, actor: User, remark: str = "") -> None:
    decide(obj=obj, actor=actor, remark=remark)
    _tell("report_returned", [obj.person], obj, actor)


def _tell(kind: str, people: list[User], report: MonthReport, actor: User) -> None:
    notify(
        kind=f"desk.{kind}",
        to=people,
        about=report,
        actor=actor,
        url=report.get_absolute_url(),
        context={"month": report.period.label},
    )
