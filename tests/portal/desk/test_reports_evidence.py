"""Evidence for the office standard: who may take it, and that it shows what was counted."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.registry import EvidenceItem, EvidenceSource, evidence
from portal.desk.pdf import evidence_pdf
from portal.desk.services import reports
from portal.desk.services.evidence import RecordEvidence, gather, points, usual_span
from portal.org.enums import Role
from portal.org.models import Office
from tests.factories import GroupFactory, OfficeFactory, person, role_holders
from tests.factories.reports import entry

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 20)
URL = "desk:evidence"


class Meetings(EvidenceSource):
    code = "tests.meetings"
    label = "การประชุม"
    points = frozenset({"standard.2", "oit.9"})

    def items(self, office: Office, start: date, end: date) -> list[EvidenceItem]:
        return [
            EvidenceItem("ประชุมทั้งหมด", end, 12),
            EvidenceItem("ประชุมครั้งที่ 3", start, is_sample=True),
        ]


@pytest.fixture(autouse=True)
def _only_our_evidence(monkeypatch) -> None:
    monkeypatch.setattr(evidence, "_items", {})
    evidence.register(Meetings())


@pytest.fixture
def office() -> Office:
    return OfficeFactory(name="สำนักงานเขตพื้นที่การศึกษาทดสอบ")


def text_of(data: bytes) -> str:
    pages = PdfReader(BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_page_is_for_heads_registry_and_auditors_alone(office, browse):
    found = {
        role
        for role, user in role_holders(office).items()
        if browse(user).get(reverse(URL)).status_code == 200
    }
    assert found == {Role.DIRECTOR, Role.DEPUTY, Role.REGISTRY, Role.AUDITOR}


def test_others_cannot_take_it_out_either(office):
    with pytest.raises(NotAllowed):
        gather(actor=person(Role.OFFICER, office=office), point="standard.2", start=DAY, end=DAY)
    assert not AuditRow.objects.filter(action="desk.evidence").exists()


def test_points_are_those_of_the_standard_with_evidence():
    evidence.register(RecordEvidence())
    assert points() == [
        ("standard.2", "2. การประชุม"),
        ("standard.6", "6. Work of each person recorded and approved"),
    ]


def test_pdf_has_counts_and_samples(office):
    director = person(Role.DIRECTOR, office=office)
    found = gather(actor=director, point="standard.2", start=DAY - timedelta(days=9), end=DAY)
    text = text_of(evidence_pdf(found, taken_by=director))
    words = ("ประเด็นที่ ๒", "๑๑ พฤศจิกายน ๒๕๖๙", "สำนักงานเขตพื้นที่การศึกษาทดสอบ", "๑๒",
             "ประชุมครั้งที่ ๓", director.get_full_name())  # fmt: skip
    assert [word for word in words if word not in text] == []
    row = AuditRow.objects.get(action="desk.evidence")
    assert (row.actor, row.data) == (
        director, {"point": "standard.2", "from": "2026-11-11", "to": "2026-11-20"},
    )  # fmt: skip


def test_point_without_evidence_says_so(office):
    director = person(Role.DIRECTOR, office=office)
    found = gather(actor=director, point="standard.5", start=DAY, end=DAY)
    assert "ไม่มีหลักฐานในระบบ" in text_of(evidence_pdf(found, taken_by=director))


@pytest.mark.parametrize("end", [DAY - timedelta(days=1), DAY + timedelta(days=733)])
def test_span_that_is_none_or_too_long_is_refused(office, end):
    with pytest.raises(InvalidInput):
        gather(actor=person(Role.DIRECTOR, office=office), point="standard.2", start=DAY, end=end)


def test_page_gives_the_pdf(office, browse):
    client = browse(person(Role.REGISTRY, office=office))
    data = {"point": "standard.2", "start": "1/10/2569", "end": "20/11/2569"}
    answer = client.post(reverse(URL), data)
    assert answer["Content-Disposition"] == (
        'attachment; filename="evidence-2-20261001-20261120.pdf"'
    )
    wrong = client.post(reverse(URL), {**data, "end": "30/9/2569"})
    assert wrong.context["form"].errors == {"end": ["The last day is before the first."]}
    christian = client.post(reverse(URL), {**data, "end": "20/11/2026"})
    assert list(christian.context["form"].errors) == ["end"]


def test_usual_span_is_the_fiscal_year_so_far():
    assert usual_span(DAY) == (date(2026, 10, 1), DAY)


def test_records_of_the_office_are_counted(office):
    group = GroupFactory(office=office)
    officer, head = person(Role.OFFICER, group), person(Role.GROUP_DIRECTOR, group)
    entry(officer)
    entry(officer)
    entry(person(Role.OFFICER))  # another office
    report = reports.submit(actor=officer, month=timezone.localdate())
    reports.approve(actor=head, report=report)
    today = timezone.localdate()
    items = RecordEvidence().items(office, today.replace(day=1), today)
    assert [item.count for item in items] == [1, 2, 1, 1]
