"""Exactly which rows each kind of person sees."""

import pytest

from portal.audit import service
from portal.audit.models import AuditRow
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory()


def rows_around(user: User) -> dict[str, AuditRow]:
    """Rows of the person, of a colleague and of another office: something that could leak."""
    colleague = UserFactory(office=user.office)
    stranger = UserFactory()
    return {
        "own sign-in": service.record(action="account.signed_in", actor=user),
        "own failure": service.record(action="account.sign_in_failed", actor=user),
        "own letter": service.record(action="circulars.letter.sign", actor=user),
        "colleague's sign-in": service.record(action="account.signed_in", actor=colleague),
        "office": service.record(action="core.cleaned", actor=None, office_id=user.office_id),
        "stranger's sign-in": service.record(action="account.signed_in", actor=stranger),
        "nobody's": service.record(action="core.cleaned", actor=None),
    }


def seen(user: User, rows: dict[str, AuditRow]) -> set[str]:
    visible = set(service.rows_visible_to(user).values_list("pk", flat=True))
    return {name for name, row in rows.items() if row.pk in visible}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSADMIN])
def test_readers_see_all_of_their_office(role: Role, office) -> None:
    user = person(role=role, office=office)

    assert seen(user, rows_around(user)) == {
        "own sign-in",
        "own failure",
        "own letter",
        "colleague's sign-in",
        "office",
    }


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.AUDITOR, Role.SYSADMIN)])
def test_others_see_their_own_sign_ins(role: Role, office) -> None:
    user = person(role=role, office=office)

    assert seen(user, rows_around(user)) == {"own sign-in", "own failure"}


def test_person_without_an_office_sees_their_own_sign_ins() -> None:
    user = UserFactory(office=None)
    rows = {
        "own": service.record(action="account.signed_in", actor=user),
        "nobody's": service.record(action="core.cleaned", actor=None),
    }

    assert seen(user, rows) == {"own"}


def test_auditor_who_left_sees_nothing_of_the_office(office) -> None:
    user = person(role=Role.AUDITOR, office=office)
    user.is_active = False

    assert seen(user, rows_around(user)) == {"own sign-in", "own failure"}


def test_newest_rows_come_first(office) -> None:
    user = person(role=Role.AUDITOR, office=office)
    rows = [service.record(action="a", actor=user), service.record(action="b", actor=user)]

    assert list(service.rows_visible_to(user).filter(action__in="ab")) == rows[::-1]


def test_failed_sign_in_of_nobody_is_still_the_account_holders(office) -> None:
    """Whoever failed is not known; the account that was tried is."""
    user = UserFactory(office=office)
    failed = service.record(action="account.sign_in_failed", actor=None, about=user)
    service.record(action="account.sign_in_failed", actor=None, about=UserFactory(office=office))
    service.record(action="back_office.changed", actor=None, about=user)

    assert list(service.rows_visible_to(user)) == [failed]


def test_administrator_of_the_installation_sees_everything(office) -> None:
    user = UserFactory(office=None, is_superuser=True)

    assert seen(user, rows := rows_around(UserFactory(office=office))) == set(rows)


def test_superuser_of_an_office_sees_no_other(office) -> None:
    user = UserFactory(office=office, is_superuser=True)

    assert seen(user, rows_around(user)) == {"own sign-in", "own failure"}


def test_reader_is_asked_once_however_often_it_was_brought(office) -> None:
    asked = []

    def reader(user: User) -> bool:
        asked.append(user)
        return False

    service.let_read(reader)
    service.let_read(reader)
    user = UserFactory(office=office)

    assert service.reads_office(user) is False
    assert asked == [user]
