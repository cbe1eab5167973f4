"""Who may invite whom; the link works once, for a time, and opens one account."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail, signing
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.accounts.enums import InvitationState
from portal.accounts.models import Invitation
from portal.accounts.permissions import invitable_roles
from portal.accounts.service import Invitee, invite
from portal.accounts.services import invitations
from portal.accounts.tasks import send_invitation
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.org.enums import Role, may_be_held
from portal.users.models import User
from tests.factories import (
    ExecutiveUnitFactory,
    GroupFactory,
    PositionFactory,
    RegistryUnitFactory,
    SchoolFactory,
    UserFactory,
    acting,
    person,
    role_holders,
)

pytestmark = pytest.mark.django_db

GOOD = "a-long-Password-5"


@pytest.fixture
def school(office):
    return SchoolFactory(office=office).unit


def invitee(unit, role=Role.TEACHER, **values) -> Invitee:
    given = {
        "email": "malee@example.com",
        "first_name": "มาลี",
        "last_name": "ดีงาม",
        "title": "นางสาว",
    }
    return Invitee(unit=unit, role=role, **given | values)


@pytest.fixture
def invitation(clerk, school):
    return invite(actor=clerk, invitee=invitee(school))


def accept(invitation, username="malee") -> User:
    token = invitations.token_of(invitation)
    return invitations.accept(token=token, username=username, password=GOOD)


def expire(invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(
        expires_at=timezone.now() - timedelta(minutes=1)
    )
    invitation.refresh_from_db()


OFFICE_ROLES = set(Role) - {Role.PRINCIPAL, Role.SCHOOL_CLERK, Role.TEACHER}
CONTROL = {Role.SYSADMIN, Role.AUDITOR, Role.IDENTITY_CUSTODIAN}
OWN_SCHOOL = {Role.SCHOOL_CLERK, Role.TEACHER}


@pytest.mark.parametrize("role", Role)
def test_roles_that_each_role_may_give(office, role):
    units = [
        RegistryUnitFactory(office=office),
        ExecutiveUnitFactory(office=office),
        GroupFactory(office=office),
        SchoolFactory(office=office).unit,
    ]
    user = person(role, office=office)
    home = user.memberships.get().unit
    given = {unit: set(invitable_roles(user, unit)) for unit in [*units, home]}
    for unit, roles in given.items():
        fitting = {r for r in Role if may_be_held(r, unit.kind)}
        expected = {
            Role.SYSADMIN: fitting,
            Role.REGISTRY: fitting - CONTROL,
            Role.PRINCIPAL: OWN_SCHOOL if unit == home else set(),
        }.get(role, set())
        assert roles == expected


def test_nobody_invites_into_another_office(office):
    elsewhere = SchoolFactory().unit
    for user in role_holders(office).values():
        assert invitable_roles(user, elsewhere) == frozenset()


def test_administrator_of_the_installation_invites_anywhere(school):
    root = UserFactory(office=None, is_superuser=True)
    assert invitable_roles(root, school) == {r for r in Role if may_be_held(r, "school")}


def test_nobody_is_invited_into_a_closed_unit(clerk, school):
    school.closed_on = timezone.localdate() - timedelta(days=1)
    assert invitable_roles(clerk, school) == frozenset()


def test_who_acts_for_the_principal_may_invite(office, school):
    principal = person(Role.PRINCIPAL, school)
    deputy = person(Role.TEACHER, school)
    acting(deputy, principal.memberships.get())
    assert invitable_roles(deputy, school) == OWN_SCHOOL


def test_invitation_without_the_right_is_refused(school):
    teacher = person(Role.TEACHER, school)
    with pytest.raises(NotAllowed):
        invite(actor=teacher, invitee=invitee(school))
    assert Invitation.objects.count() == 0


def test_invitation_is_stored_mailed_and_audited(clerk, school, outbox):
    position = PositionFactory(office=clerk.office)
    row = invite(
        actor=clerk, invitee=invitee(school, email=" Malee@Example.com ", position=position)
    )
    assert (row.email, row.invited_by, row.state, row.starts_on) == (
        "malee@example.com",
        clerk,
        InvitationState.PENDING,
        timezone.localdate(),
    )
    assert row.expires_at - row.created_at == timedelta(days=14)
    (message,) = outbox()
    assert message.to == ["malee@example.com"]
    assert message.subject == f"Invitation to the portal of {clerk.office.short_name}"
    token = invitations.token_of(row)
    assert message.body.count(f"http://localhost:8000/accounts/invitation/{token}/") == 1
    assert message.alternatives[0].content.count(token) == 2
    audit = AuditRow.objects.get(action="account.invited")
    assert (audit.actor, audit.office_id, audit.data) == (
        clerk,
        clerk.office_id,
        {"role": "teacher", "unit": school.pk},
    )


def test_mail_is_sent_once_however_often_the_task_runs(invitation):
    for _run in range(3):
        send_invitation(invitation.pk)
    assert len(mail.outbox) == 1
    invitation.refresh_from_db()
    assert invitation.sent_at is not None


def test_mail_of_the_same_link_keeps_its_number(invitation):
    send_invitation(invitation.pk)
    Invitation.objects.update(sent_nonce="")  # a worker died between sending and noting it
    send_invitation(invitation.pk)
    numbers = {m.extra_headers["Message-ID"] for m in mail.outbox}
    assert (len(mail.outbox), len(numbers)) == (2, 1)


def test_withdrawn_invitation_is_not_mailed(clerk, invitation, outbox):
    invitations.revoke(actor=clerk, invitation=invitation)
    assert outbox() == []


@pytest.mark.parametrize("address", ["malee@example.com", "MALEE@EXAMPLE.COM"])
def test_address_with_an_account_cannot_be_invited(clerk, school, address):
    UserFactory(email="malee@example.com")
    with pytest.raises(InvalidInput, match="There is an account") as caught:
        invite(actor=clerk, invitee=invitee(school, email=address))
    assert caught.value.field == "email"


def test_address_that_waits_to_be_confirmed_cannot_be_invited(clerk, school):
    EmailAddress.objects.create(user=person(), email="malee@example.com")
    with pytest.raises(InvalidInput, match="There is an account"):
        invite(actor=clerk, invitee=invitee(school))


def test_address_is_invited_once_at_a_time(clerk, school, invitation):
    with pytest.raises(InvalidInput, match="open invitation already"):
        invite(actor=clerk, invitee=invitee(school, email="Malee@example.com"))


def test_database_refuses_a_second_open_invitation(clerk, school, invitation):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            unit=school,
            role=Role.TEACHER,
            email="MALEE@example.com",
            first_name="มาลี",
            invited_by=clerk,
            starts_on=timezone.localdate(),
            expires_at=timezone.now(),
        )


def test_expired_invitation_gives_way_to_a_new_one(clerk, school, invitation):
    expire(invitation)
    new = invite(actor=clerk, invitee=invitee(school))
    invitation.refresh_from_db()
    assert (invitation.state, new.state) == (InvitationState.REVOKED, InvitationState.PENDING)


def test_accepting_opens_account_role_and_address(invitation, school):
    user = accept(invitation)
    invitation.refresh_from_db()
    assert (user.office, str(user), user.email) == (
        school.office,
        "นางสาวมาลี ดีงาม",
        "malee@example.com",
    )
    assert user.check_password(GOOD)
    membership = user.memberships.get()
    assert (membership.unit, membership.role) == (school, Role.TEACHER)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (user.email, True, True)
    assert (invitation.state, invitation.account) == (InvitationState.ACCEPTED, user)
    row = AuditRow.objects.get(action="account.invitation_accepted")
    assert (row.actor, row.office_id) == (user, school.office_id)


def test_role_is_given_though_the_inviter_has_left(clerk, invitation):
    clerk.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert accept(invitation).memberships.count() == 1


def test_link_works_once(invitation):
    accept(invitation)
    with pytest.raises(StaleAction):
        accept(invitation, "other")
    assert User.objects.filter(username="other").count() == 0


def test_link_ends_with_its_days(invitation):
    expire(invitation)
    assert invitations.find(invitations.token_of(invitation)) is None
    with pytest.raises(StaleAction):
        accept(invitation)


def test_withdrawn_link_is_dead(clerk, invitation):
    token = invitations.token_of(invitation)
    invitations.revoke(actor=clerk, invitation=invitation)
    assert invitations.find(token) is None
    with pytest.raises(StaleAction):
        accept(invitation)
    assert AuditRow.objects.filter(action="account.invitation_revoked").count() == 1


def test_new_link_kills_the_old_one(clerk, invitation, outbox):
    old = invitations.token_of(invitation)
    expire(invitation)
    row = invitations.resend(actor=clerk, invitation=invitation)
    assert invitations.find(old) is None
    assert invitations.find(invitations.token_of(row)) == row
    assert row.state == InvitationState.PENDING
    assert len(outbox()) == 1
    assert AuditRow.objects.filter(action="account.invitation_resent").count() == 1


def test_both_links_are_mailed(clerk, invitation, outbox):
    outbox()
    invitations.resend(actor=clerk, invitation=invitation)
    assert len(outbox()) == 2


def test_accepted_invitation_cannot_be_changed_any_more(clerk, invitation):
    accept(invitation)
    for change in (invitations.resend, invitations.revoke):
        with pytest.raises(StaleAction) as caught:
            change(actor=clerk, invitation=invitation)
        assert caught.value.state == InvitationState.ACCEPTED
        assert str(caught.value) == "Somebody was faster: the invitation is “Accepted” now."


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a:b:c",
        signing.dumps([1, "x"], salt="other"),
        signing.dumps("x", salt=invitations.SALT),
        signing.dumps([1], salt=invitations.SALT),
        signing.dumps(["x", 1, 2], salt=invitations.SALT),
    ],
    # Signatures hold the time, and names of tests must be the same in every process.
    ids=["empty", "short", "made up", "other salt", "no list", "no nonce", "too long"],
)
def test_made_up_link_opens_nothing(invitation, token):
    assert invitations.find(token) is None
    with pytest.raises(StaleAction):
        invitations.accept(token=token, username="malee", password=GOOD)


def test_link_needs_the_nonce_of_its_own_row(clerk, school, invitation):
    other = invite(actor=clerk, invitee=invitee(school, email="other@example.com"))
    mixed = signing.dumps([invitation.pk, other.nonce], salt=invitations.SALT)
    assert invitations.find(mixed) is None


def test_unit_closed_meanwhile_is_told(invitation, school):
    type(school).objects.filter(pk=school.pk).update(
        closed_on=timezone.localdate() - timedelta(days=1)
    )
    with pytest.raises(InvalidInput, match="closed meanwhile"):
        accept(invitation)
    assert User.objects.filter(username="malee").count() == 0


@pytest.mark.parametrize("taken", ["malee", "MALEE"])
def test_user_name_taken_meanwhile_is_told(invitation, taken):
    UserFactory(username=taken, email="")
    with pytest.raises(InvalidInput) as caught:
        accept(invitation)
    assert (caught.value.field, str(caught.value)) == (
        "username",
        "Somebody already uses this user name.",
    )


def test_address_taken_meanwhile_is_told(invitation):
    UserFactory(email="malee@example.com")
    with pytest.raises(InvalidInput, match="There is an account"):
        accept(invitation)


def test_of_several_either_all_are_invited_or_nobody(clerk, school):
    UserFactory(email="taken@example.com")
    people = [invitee(school, email=e) for e in ("a@example.com", "taken@example.com")]
    with pytest.raises(InvalidInput):
        invitations.invite_many(actor=clerk, invitees=people)
    assert Invitation.objects.count() == 0
    assert len(invitations.invite_many(actor=clerk, invitees=people[:1])) == 1


@pytest.fixture
def spread(office, clerk, school):
    """Invitations into two schools and the registry of an office, and one elsewhere."""
    other_school = SchoolFactory(office=office).unit
    elsewhere = person(Role.REGISTRY)
    into = {
        "own": (clerk, school, Role.TEACHER),
        "other": (clerk, other_school, Role.TEACHER),
        "office": (clerk, RegistryUnitFactory(office=office), Role.OFFICER),
        "elsewhere": (elsewhere, SchoolFactory(office=elsewhere.office).unit, Role.TEACHER),
    }
    return {
        name: invite(actor=actor, invitee=invitee(unit, role, email=f"{name}@example.com"))
        for name, (actor, unit, role) in into.items()
    }


@pytest.mark.parametrize("role", Role)
def test_visible_invitations_per_role(spread, office, school, role):
    user = person(role, school if role == Role.PRINCIPAL else None, office=office)
    seen = {row.email.partition("@")[0] for row in Invitation.objects.visible_to(user)}
    assert seen == {
        Role.SYSADMIN: {"own", "other", "office"},
        Role.REGISTRY: {"own", "other", "office"},
        Role.PRINCIPAL: {"own"},
    }.get(role, set())


def test_administrator_of_the_installation_sees_all_invitations(spread):
    root = UserFactory(office=None, is_superuser=True)
    assert Invitation.objects.visible_to(root).count() == len(spread)


def test_invitation_of_others_cannot_be_changed(spread, school):
    principal = person(Role.PRINCIPAL, school)
    for change in (invitations.resend, invitations.revoke):
        with pytest.raises(NotAllowed):
            change(actor=principal, invitation=spread["other"])
    invitations.revoke(actor=principal, invitation=spread["own"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("names", [("malee", "malee"), ("malee", "somsri")])
def test_two_tabs_open_one_account(clerk, school, names):
    """Both read the open invitation before one of them holds its row."""
    row = invite(actor=clerk, invitee=invitee(school))
    gate = threading.Barrier(2)

    def tab(name: str) -> str:
        try:
            gate.wait()
            accept(row, name)
        except StaleAction:
            return "stale"
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(tab, names))
    assert (results, User.objects.filter(email=row.email).count()) == (["opened", "stale"], 1)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_want_one_user_name(clerk, school):
    rows = [
        invite(actor=clerk, invitee=invitee(school, email=f"{name}@example.com"))
        for name in ("a", "b")
    ]
    gate = threading.Barrier(2)

    def choose(row: Invitation) -> str:
        try:
            gate.wait()
            accept(row, "malee")
        except InvalidInput as error:
            return str(error.field)
        finally:
            connection.close()
        return "opened"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(choose, rows)) == ["opened", "username"]
