"""The report of a month: to whom it goes, who sees it, what each may do with it."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, NotReady, StaleAction
from portal.core.registry import menu_entries, person_statistics
from portal.desk.enums import ReportState
from portal.desk.models import MonthReport
from portal.desk.pdf import month_report_pdf
from portal.desk.registration import ReportsTile
from portal.desk.services import records, reports
from portal.desk.superiors import Ladder, Superior, below, main_post, superior_of
from portal.desk.templatetags.report_tags import hours
from portal.desk.workflow import MONTH_REPORT
from portal.notifications.models import Notification
from portal.org.enums import Role
from portal.org.models import Membership
from portal.users.models import User
from portal.workflow.service import available
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    OfficeFactory,
    SchoolFactory,
    SectionFactory,
    UserFactory,
    acting,
    person,
    role_holders,
)
from tests.factories.reports import Counted, entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _only_our_figures(monkeypatch) -> None:
    monkeypatch.setattr(person_statistics, "_items", {})
    monkeypatch.setattr(menu_entries, "_items", {})
    person_statistics.register(Counted())


@pytest.fixture
def office():
    return OfficeFactory(name="สำนักงานเขตพื้นที่การศึกษาทดสอบ")


@pytest.fixture
def group(office):
    return GroupFactory(office=office)


@pytest.fixture
def officer(group):
    return person(Role.OFFICER, group, first_name="สมชาย", last_name="ใจดี")


@pytest.fixture
def head(group):
    return person(Role.GROUP_DIRECTOR, group, position="ผู้อำนวยการกลุ่ม")


@pytest.fixture
def director(office):
    return person(Role.DIRECTOR, office=office)


@pytest.fixture
def deputy(office):
    return person(Role.DEPUTY, office=office)


def this_month() -> date:
    return records.first_of(timezone.localdate())


def submitted(actor: User) -> MonthReport:
    return reports.submit(actor=actor, month=timezone.localdate(), summary="ทำครบตามแผน")


def unit_of(user: User) -> int:
    return user.memberships.get().unit_id


def told(kind: str) -> list[User]:
    return [row.person for row in Notification.objects.filter(notice__kind=f"desk.{kind}")]


# To whom it goes


def test_report_goes_to_the_head_of_the_unit(officer, head, director):
    assert superior_of(officer) == Superior(unit_of(head), (Role.GROUP_DIRECTOR,))


def test_report_of_a_head_goes_to_the_executives(head, director):
    executives = Superior(unit_of(director), (Role.DEPUTY, Role.DIRECTOR))
    assert superior_of(head) == executives


def test_report_passes_a_post_that_nobody_holds(officer, director):
    assert superior_of(officer).unit_id == unit_of(director)


def test_report_waits_at_a_post_in_which_somebody_acts(officer, group, director):
    absent = person(Role.GROUP_DIRECTOR, group, is_active=False)
    assert superior_of(officer).unit_id == unit_of(director)
    acting(director, absent.memberships.get())
    assert superior_of(officer).unit_id == group.pk


def test_section_without_a_head_reports_to_the_group(group, head):
    section = SectionFactory(office=group.office, parent=group)
    clerk = person(Role.OFFICER, section)
    assert superior_of(clerk).unit_id == group.pk
    own_head = person(Role.GROUP_DIRECTOR, section)
    assert superior_of(clerk).unit_id == section.pk
    assert superior_of(own_head).unit_id == group.pk


def test_deputy_reports_to_the_director_and_the_director_to_nobody(deputy, director):
    assert superior_of(deputy) == Superior(unit_of(director), (Role.DIRECTOR,))
    assert superior_of(director) is None


def test_registry_and_principal_report_to_the_executives(office, director):
    for role in (Role.REGISTRY, Role.PRINCIPAL):
        assert superior_of(person(role, office=office)).unit_id == unit_of(director)


def test_teacher_reports_to_the_principal(office, director):
    school = SchoolFactory(office=office).unit
    teacher = person(Role.TEACHER, school)
    assert superior_of(teacher).unit_id == unit_of(director)
    person(Role.PRINCIPAL, school)
    assert superior_of(teacher) == Superior(school.pk, (Role.PRINCIPAL,))


def test_person_without_a_post_has_no_superior(office):
    assert superior_of(person(None, office=office)) is None


def test_office_without_executives_ends_with_the_group_head(group, head):
    ladder = Ladder(group.office_id)
    ladder.executives = None
    assert ladder.above(head.pk, Role.GROUP_DIRECTOR, group.pk) is None


def test_highest_post_counts(officer, office):
    school = SchoolFactory(office=office).unit
    MembershipFactory(person=officer, unit=school, role=Role.TEACHER, position__rank=500)
    Membership.objects.filter(person=officer).exclude(unit=school).update(
        position=MembershipFactory(unit=school, position__rank=1).position
    )
    assert main_post(officer).role == Role.OFFICER


# Who is below


def test_everybody_below_is_listed_and_nobody_else(office, group, officer, head, director, deputy):
    school = SchoolFactory(office=office).unit
    principal = person(Role.PRINCIPAL, school)
    teacher = person(Role.TEACHER, school)
    lone_teacher = person(Role.TEACHER, SchoolFactory(office=office).unit)
    registry = person(Role.REGISTRY, office=office)
    person(Role.OFFICER)  # another office
    person(Role.OFFICER, group, is_active=False)

    def people(user: User) -> set[User]:
        return {row.person for row in below(user)}

    assert people(head) == {officer}
    assert people(director) == {head, deputy, principal, lone_teacher, registry}
    assert people(deputy) == {head, principal, lone_teacher, registry}
    assert people(principal) == {teacher}
    assert people(officer) == people(teacher) == people(UserFactory(office=None)) == set()


def test_people_below_cost_the_same_with_many(head, group, django_assert_num_queries):
    for number in (1, 29):
        for _one in range(number):
            person(Role.OFFICER, group)
        user = User.objects.get(pk=head.pk)
        with django_assert_num_queries(5):  # roles, units, heads, posts; reports
            lines = reports.reports_below(user, this_month())
    assert len(lines) == 30


# Moves


def test_month_is_handed_in_with_its_figures_frozen(officer, head):
    report = submitted(officer)
    assert (report.state, report.unit_id, report.to_unit_id, report.to_roles) == (
        ReportState.SUBMITTED, unit_of(officer), unit_of(head), [Role.GROUP_DIRECTOR],
    )  # fmt: skip
    days = len(report.period.days)
    assert report.figures == [["Signed", days, "letters"]]  # the secret ones are left out
    person_statistics.unregister("tests.counted")
    assert records.record_of(report, viewer=head).figures == [["Signed", days, "letters"]]


def test_superior_is_told_and_nobody_else(officer, head, director, run_deferred):
    submitted(officer)
    assert told("report_submitted") == [head]
    run_deferred()
    month = MonthReport(month=this_month()).period.label
    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([head.email], f"Report to approve: {officer}, {month}")
    ]


def test_month_to_come_is_not_handed_in(officer, head):
    with pytest.raises(NotReady):
        reports.submit(actor=officer, month=this_month() + timedelta(days=40))


def test_director_has_nobody_to_hand_it_to(director):
    with pytest.raises(NotReady):
        submitted(director)


def test_person_without_a_post_has_nobody_to_hand_it_to(office):
    with pytest.raises(NotReady):
        submitted(person(None, office=office))


def test_month_is_handed_in_once(officer, head):
    submitted(officer)
    with pytest.raises(StaleAction):
        submitted(officer)


def test_superior_approves(officer, head):
    report = reports.approve(actor=head, report=submitted(officer), remark="ดี")
    assert (report.state, report.decided_by, report.remark) == (ReportState.APPROVED, head, "ดี")
    assert report.decided_as == [head.get_full_name(), "ผู้อำนวยการกลุ่ม"]
    assert told("report_approved") == [officer]
    actions = AuditRow.objects.filter(about_type="desk.monthreport").order_by("pk")
    assert [(row.action, row.office_id) for row in actions] == [
        ("desk.month_report.submit", officer.office_id),
        ("desk.month_report.approve", officer.office_id),
    ]


def test_superior_returns_with_a_remark_and_all_days_are_open(officer, head):
    report = submitted(officer)
    with pytest.raises(InvalidInput):
        reports.give_back(actor=head, report=report, remark=" ")
    report = reports.give_back(actor=head, report=report, remark="ระบุผลด้วย")
    assert report.state == ReportState.RETURNED
    assert told("report_returned") == [officer]
    assert records.is_open(report, this_month())
    again = submitted(officer)
    assert (again.state, again.remark, again.decided_by) == (ReportState.SUBMITTED, "", None)


def test_person_takes_it_back_before_the_decision(officer, head):
    report = reports.take_back(actor=officer, report=submitted(officer))
    assert (report.state, report.to_unit) == (ReportState.DRAFT, None)
    assert not MonthReport.objects.visible_to(head).exists()


@pytest.mark.parametrize("move", ["approve", "give_back"])
def test_nobody_but_the_superior_decides(officer, head, director, office, move):
    report = submitted(officer)
    others = [officer, director, person(Role.GROUP_DIRECTOR, office=office)]
    for other in others:
        with pytest.raises(NotAllowed):
            getattr(reports, move)(actor=other, report=report, remark="x")
    assert MonthReport.objects.get().state == ReportState.SUBMITTED


def test_acting_head_never_approves_the_own_report(officer, head, director):
    report = submitted(officer)
    acting(officer, head.memberships.get())
    officer = User.objects.get(pk=officer.pk)
    with pytest.raises(NotAllowed):
        reports.approve(actor=officer, report=report)
    assert ReportsTile().count(officer) == 0


def test_moves_offered_to_each(officer, head):
    report = submitted(officer)

    def names(user: User) -> list[str]:
        return [move.name for move in available(MONTH_REPORT, report, user)]

    assert (names(officer), names(head)) == (["take_back"], ["approve", "give_back"])


def test_database_keeps_one_report_of_a_month(officer, head):
    submitted(officer)
    for fields in (
        {"month": this_month()},
        {"month": this_month() + timedelta(days=1)},
        {"month": date(2026, 1, 1), "state": ReportState.SUBMITTED},
        {"month": date(2026, 1, 1), "decided_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MonthReport.objects.create(person=officer, **fields)


# Who sees it


def test_report_is_seen_by_its_person_and_the_superior_alone(office, group, officer, head):
    report = submitted(officer)
    submitted(head) if superior_of(head) else None
    stranger = person(Role.GROUP_DIRECTOR)
    everybody = [*role_holders(office).values(), officer, head, stranger]
    seeing = {
        user
        for user in everybody
        if MonthReport.objects.visible_to(user).filter(pk=report.pk).exists()
    }
    assert seeing == {officer, head}


def test_draft_is_seen_by_its_person_alone(officer, head):
    MonthReport.objects.create(person=officer, month=this_month())
    assert MonthReport.objects.visible_to(officer).count() == 1
    assert not MonthReport.objects.visible_to(head).exists()


# Pages


def test_tile_leads_to_what_waits(officer, head):
    report, tile = submitted(officer), ReportsTile()
    assert (tile.count(head), tile.count(officer)) == (1, 0)
    assert [item.url for item in tile.items(head, 5)] == [report.get_absolute_url()]
    assert tile.url(head) == reverse("desk:reports")
    reports.approve(actor=head, report=report)
    assert tile.count(head) == 0


def test_list_shows_who_has_not_handed_in(officer, head, group, browse):
    lazy, report = person(Role.OFFICER, group), submitted(officer)
    page = browse(head).get(reverse("desk:reports"), {"month": f"{this_month():%Y-%m}"})
    states = {line.below.person: (line.report, line.state) for line in page.context["lines"]}
    assert states == {
        officer: (report, ReportState.SUBMITTED),
        lazy: (None, ReportState.DRAFT),
    }
    assert [(state, number) for state, _label, number in page.context["counts"]] == [
        ("draft", 1), ("submitted", 1), ("approved", 0), ("returned", 0),
    ]  # fmt: skip


def test_list_begins_with_the_month_that_is_over(officer, head, browse):
    page = browse(head).get(reverse("desk:reports"))
    assert page.context["period"].after.start == this_month()


def test_list_is_no_page_for_those_without_people(officer, browse):
    assert browse(officer).get(reverse("desk:reports")).status_code == 404


def test_superior_reads_and_approves_on_the_page(officer, head, browse):
    entry(officer, text="ประชุมโครงการ")
    report, client = submitted(officer), browse(head)
    page = client.get(report.get_absolute_url())
    assert page.status_code == 200
    assert [move.name for move in page.context["moves"]] == ["approve", "give_back"]
    assert "ประชุมโครงการ" in page.content.decode()
    assert AuditRow.objects.filter(action="desk.report_read", actor=head).count() == 1
    data = {"move": "approve", "expected": "submitted", "remark": ""}
    assert client.post(report.get_absolute_url(), data).url == report.get_absolute_url()
    assert MonthReport.objects.get().state == ReportState.APPROVED


def test_return_without_a_remark_says_so(officer, head, browse):
    report = submitted(officer)
    data = {"move": "give_back", "expected": "submitted", "remark": ""}
    answer = browse(head).post(report.get_absolute_url(), data)
    assert (answer.status_code, answer.context["form"].errors) == (
        422, {"remark": ["This is needed."]},
    )  # fmt: skip
    data["remark"] = "เพิ่มผล"
    browse(head).post(report.get_absolute_url(), data)
    assert MonthReport.objects.get().remark == "เพิ่มผล"


def test_decision_on_a_report_that_moved_on_is_stale(officer, head, browse):
    report = reports.approve(actor=head, report=submitted(officer))
    data = {"move": "approve", "expected": "submitted"}
    assert browse(head).post(report.get_absolute_url(), data).status_code in (302, 409)
    assert AuditRow.objects.filter(action="desk.month_report.approve").count() == 1


def test_unknown_move_is_refused(officer, head, browse):
    report = submitted(officer)
    data = {"move": "submit", "expected": "submitted"}
    assert browse(head).post(report.get_absolute_url(), data).status_code == 404


def test_person_hands_in_and_takes_back_on_the_page(officer, head, browse):
    client, address = browse(officer), reverse("desk:month", args=[f"{this_month():%Y-%m}"])
    page = client.get(address)
    assert (page.context["may_submit"], bool(page.context["may_take_back"])) == (True, False)
    assert client.post(address, {"summary": "ครบ"}).url == address
    page = client.get(address)
    assert (page.context["may_submit"], bool(page.context["may_take_back"])) == (False, True)
    report = MonthReport.objects.get()
    data = {"move": "take_back", "expected": "submitted"}
    assert client.post(report.get_absolute_url(), data).url == address
    assert client.get(report.get_absolute_url()).status_code == 200
    assert MonthReport.objects.get().state == ReportState.DRAFT


def test_month_to_come_offers_no_submission(officer, head, browse):
    coming = this_month() + timedelta(days=40)
    page = browse(officer).get(reverse("desk:month", args=[f"{coming:%Y-%m}"]))
    assert (page.context["may_submit"], page.context["after"]) == (False, "")
    older = browse(officer).get(reverse("desk:month", args=["2025-01"]))
    assert older.context["after"] == reverse("desk:month", args=["2025-02"])


def test_stranger_finds_neither_report_nor_pdf(officer, head, browse, director):
    report = submitted(officer)
    for name in ("report", "report_pdf"):
        assert browse(director).get(reverse(f"desk:{name}", args=[report.pk])).status_code == 404


# The PDF


def test_pdf_says_what_the_record_says(officer, head):
    entry(officer, text="ประชุมคณะทำงานพัฒนาระบบสารบรรณ", minutes=90)
    report = reports.approve(actor=head, report=submitted(officer))
    data = month_report_pdf(records.record_of(report, viewer=None))
    text = " ".join(
        line for page in PdfReader(BytesIO(data)).pages for line in page.extract_text().split("\n")
    )
    words = (
        "รายงานผลการปฏิบัติงานรายบุคคล",
        "สำนักงานเขตพื้นที่การศึกษาทดสอบ",
        "สมชาย ใจดี",
        "ประชุมคณะทำงานพัฒนาระบบสารบรรณ",
        "ทำครบตามแผน",
        "อนุมัติในระบบ",
        "๑.๕",
    )
    assert [word for word in words if word not in text] == []
    with translation.override("th"):
        assert f"ประจำเดือน{report.period.label}".split()[0] in text


def test_pdf_of_a_month_not_handed_in_says_so(officer, browse):
    answer = browse(officer).get(reverse("desk:month_pdf", args=[f"{this_month():%Y-%m}"]))
    assert answer["Content-Type"] == "application/pdf"
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert "ฉบับร่าง ยังไม่ได้เสนอผู้บังคับบัญชา" in text


def test_superior_gets_the_pdf(officer, head, browse):
    report = submitted(officer)
    answer = browse(head).get(reverse("desk:report_pdf", args=[report.pk]))
    assert answer["Content-Disposition"].startswith(f'inline; filename="report-{officer.username}')


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0"), (30, "0.5"), (60, "1"), (6000, "100"), (100, "1.67")]
)
def test_hours_are_short(minutes, shown):
    assert hours(minutes) == shown
