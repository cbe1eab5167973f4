"""The report of a month: handed in, approved or given back."""

from django.utils.translation import gettext_lazy as _

from portal.desk import effects
from portal.desk.enums import ReportState
from portal.desk.permissions import is_own, is_superior
from portal.workflow.service import Move, Table

MONTH_REPORT = Table(
    kind="desk.month_report",
    model="desk.MonthReport",
    states=ReportState,
    initial=ReportState.DRAFT,
    moves=(
        Move(
            name="submit",
            label=_("Submit to the superior"),
            source={ReportState.DRAFT, ReportState.RETURNED},
            target=ReportState.SUBMITTED,
            may=is_own,
            needs=("unit", "superior"),
            effect=effects.hand_in,
            icon="send",
        ),
        Move(
            name="take_back",
            label=_("Take it back"),
            source={ReportState.SUBMITTED},
            target=ReportState.DRAFT,
            may=is_own,
            effect=effects.take_back,
            tone="outline-secondary",
            icon="arrow-counterclockwise",
        ),
        Move(
            name="approve",
            label=_("Approve"),
            source={ReportState.SUBMITTED},
            target=ReportState.APPROVED,
            may=is_superior,
            effect=effects.approve,
            tone="success",
            icon="check-lg",
        ),
        Move(
            name="give_back",
            label=_("Return for correction"),
            source={ReportState.SUBMITTED},
            target=ReportState.RETURNED,
            may=is_superior,
            needs=("remark",),
            effect=effects.give_back,
            tone="outline-danger",
            icon="arrow-return-left",
        ),
    ),
)
