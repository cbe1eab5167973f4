import io
import unicodedata

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from portal.core.registry import demo_accounts, demo_loaders
from portal.org.demo import DEMO_PASSWORD, USERNAMES
from portal.org.enums import OFFICE_KINDS, Role, SchoolSize, UnitKind, may_be_held
from portal.org.models import Committee, Membership, Network, Office, PhoneLine, School, Unit
from portal.org.permissions import has_role
from portal.org.service import heads, signature_block, superior_chain
from portal.users.models import User

pytestmark = pytest.mark.django_db


def load() -> str:
    out = io.StringIO()
    demo_loaders.get("org").load(out)
    return out.getvalue()


@pytest.fixture
def office() -> Office:
    load()
    return Office.objects.get()


def test_the_office_has_its_units_schools_and_networks(office: Office) -> None:
    kinds = dict(office.units.order_by().values_list("kind").annotate(Count("pk")))
    assert kinds == {"office": 1, "executive": 1, "group": 8, "section": 1, "school": 114}
    by_amphoe = dict(School.objects.order_by().values_list("amphoe").annotate(Count("pk")))
    assert by_amphoe == {
        "กงหรา": 16, "ตะโหมด": 12, "บางแก้ว": 12, "ปากพะยูน": 33, "ป่าบอน": 18, "เขาชัยสน": 23,
    }  # fmt: skip
    networks = Network.objects.annotate(number=Count("schools"))
    assert [network.number > 0 for network in networks] == [True] * 9
    assert School.objects.filter(size=SchoolSize.SMALL).count() == 70


def test_every_role_has_its_account_which_the_set_up_prints(office: Office) -> None:
    for role, username in USERNAMES.items():
        user = User.objects.get(username=username)
        assert has_role(user, role)
        assert check_password(DEMO_PASSWORD, user.password)
    printed = {account.username for account in demo_accounts if account.code.startswith("org.")}
    assert printed == {*USERNAMES.values(), "s93010047"}
    assert set(USERNAMES) == set(Role)


def test_every_school_has_one_principal_and_one_clerk(office: Office) -> None:
    for role, prefix in ((Role.PRINCIPAL, "p"), (Role.SCHOOL_CLERK, "s")):
        held = Membership.objects.on().filter(role=role)
        assert set(held.values_list("unit", flat=True)) == set(
            Unit.objects.filter(kind=UnitKind.SCHOOL).values_list("pk", flat=True)
        )
        assert held.count() == 114
        code = "93010047"
        assert held.get(person__username=f"{prefix}{code}").unit.school.smis_code == code


def test_about_a_hundred_people_work_in_the_office(office: Office) -> None:
    staff = Membership.objects.filter(unit__kind__in=OFFICE_KINDS)
    assert staff.count() == 100
    assert {may_be_held(row.role, row.unit.kind) for row in Membership.objects.all()} == {True}


def test_people_are_invented_and_their_addresses_reserved(office: Office) -> None:
    addresses = {user.email.partition("@")[2] for user in User.objects.all()}
    assert addresses == {"phatthalung2.example"}
    names = User.objects.values_list("first_name", "last_name")
    assert len(set(names)) == User.objects.count()
    assert all(unicodedata.is_normalized("NFC", first + last) for first, last in names)


def test_a_letter_can_rise_from_the_officer_to_the_director(office: Office) -> None:
    group = Membership.objects.get(person__username="officer").unit
    chain = superior_chain(group)
    assert [unit.kind for unit in chain] == [UnitKind.GROUP, UnitKind.EXECUTIVE]
    assert [user.username for user in heads(unit=group)] == ["groupdirector"]
    director = User.objects.get(username="director")
    block = signature_block(director, unit=chain[-1], roles=[Role.DIRECTOR])
    assert block is not None
    assert block.lines == ["ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2"]


def test_the_committees_have_their_orders_and_seats(office: Office) -> None:
    rows = Committee.objects.annotate(seats=Count("members"))
    found = {row.name: (row.order_number, row.seats) for row in rows}
    assert found == {
        "คณะกรรมการเครือข่ายประชาสัมพันธ์": ("295/2557", 33),
        "คณะกรรมการจัดทำวารสาร": ("259/2557", 24),
        "กพท.": ("", 9),
        "อ.ก.ค.ศ. เขตพื้นที่การศึกษา": ("", 9),
        "ก.ต.ป.น.": ("", 9),
        "ทีมมะลิ": ("", 25),
        "ทีมดาวเรือง": ("", 25),
        "ทีมพุทธรักษา": ("", 25),
        "ทีมบัวหลวง": ("", 25),
    }
    chair = Committee.objects.get(order_number="295/2557").members.first()
    assert (chair.person.username, chair.duty) == ("director", "ประธานกรรมการ")


def test_the_internal_line_is_not_public(office: Office) -> None:
    assert PhoneLine.objects.filter(is_public=True).count() == 7
    assert PhoneLine.objects.filter(is_public=False).count() == 1


def test_schools_stand_in_dictionary_order(office: Office) -> None:
    assert list(School.objects.values_list("unit__name", flat=True))[:3] == [
        "โรงเรียนไทยรัฐวิทยา ๒๓ (วัดโคกโหนด)",
        "โรงเรียนบ้านเกาะโคบ",
        "โรงเรียนบ้านเกาะทองสม",
    ]


def test_loading_again_changes_nothing() -> None:
    first = load()
    people = User.objects.count()
    with CaptureQueriesContext(connection) as queries:
        second = load()
    assert (len(queries), User.objects.count()) == (1, people)
    assert first != second


def test_the_same_people_come_every_time() -> None:
    seen = []
    for _attempt in range(2):
        with transaction.atomic():
            load()
            people = User.objects.order_by("pk")
            seen.append(list(people.values_list("username", "first_name", "last_name")))
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
