"""The pages of inviting and of opening the account."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.enums import InvitationState
from portal.accounts.models import Invitation, KnownDevice, SignIn
from portal.accounts.service import Invitee, invite
from portal.accounts.services import invitations
from portal.notifications.models import Notification
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import SchoolFactory, UserFactory, person

pytestmark = pytest.mark.django_db

LIST = "/accounts/invitations/"
NEW = "/accounts/invitations/new/"
ACCEPT = "/accounts/invitation/"
GOOD = {"username": "malee", "password1": "a-long-Word-5", "password2": "a-long-Word-5"}


@pytest.fixture
def school():
    return SchoolFactory().unit


@pytest.fixture
def clerk(school):
    return person(Role.REGISTRY, office=school.office)


@pytest.fixture
def invitation(clerk, school) -> Invitation:
    given = {"email": "malee@example.com", "title": "นางสาว", "first_name": "มาลี"}
    return invite(
        actor=clerk, invitee=Invitee(unit=school, role=Role.TEACHER, last_name="ดีงาม", **given)
    )


def link(invitation) -> str:
    return reverse("accounts:open_invitation", args=[invitations.token_of(invitation)])


@pytest.fixture
def invited(invitation) -> Client:
    """The browser in which the link of the mail was opened."""
    browser = Client()
    assert browser.get(link(invitation))["Location"] == ACCEPT
    return browser


def form_values(school, **values):
    given = {
        "first_name": "มาลี",
        "email": "malee@example.com",
        "unit": school.pk,
        "role": "teacher",
    }
    return given | values


@pytest.mark.parametrize("role", Role)
def test_pages_are_there_for_those_who_may_invite(client, school, role):
    client.force_login(person(role, office=school.office))
    may = role in {Role.SYSADMIN, Role.REGISTRY, Role.PRINCIPAL}
    for page in (LIST, NEW):
        assert client.get(page).status_code == (200 if may else 404)


def test_form_offers_what_the_person_may_give(client, school):
    SchoolFactory(office=school.office)
    client.force_login(person(Role.PRINCIPAL, school))
    form = client.get(NEW).context["form"]
    assert list(form.fields["unit"].queryset) == [school]
    offered = [code for code, _word in form.fields["role"].choices]
    assert offered == ["", "school_clerk", "teacher"]
    assert form["unit"].value() == school.pk


def test_administrator_of_the_installation_fills_units_of_all_offices(client, school):
    other = SchoolFactory().unit
    client.force_login(UserFactory(office=None, is_superuser=True))
    units = set(client.get(NEW).context["form"].fields["unit"].queryset)
    assert units == {*school.office.units.all(), *other.office.units.all()}


def test_inviting_sends_the_mail_and_says_so(client, clerk, school, outbox):
    client.force_login(clerk)
    response = client.post(NEW, form_values(school, title="นางสาว", starts_on="16/05/2569"))
    assert response["Location"] == LIST
    assert [m.to for m in outbox()] == [["malee@example.com"]]
    assert str(Invitation.objects.get().starts_on) == "2026-05-16"
    messages = [str(m) for m in client.get(LIST).context["messages"]]
    assert messages == ["Invitation sent to นางสาวมาลี at malee@example.com."]


def test_address_with_an_account_is_told_beside_the_field(client, clerk, school):
    UserFactory(email="malee@example.com")
    client.force_login(clerk)
    errors = client.post(NEW, form_values(school)).context["form"].errors
    assert errors == {"email": ["There is an account with this e-mail address."]}


def test_role_that_does_not_fit_the_unit_is_told(client, clerk, school):
    client.force_login(clerk)
    errors = client.post(NEW, form_values(school, role="registry")).context["form"].errors
    assert errors == {"role": ["You may not invite somebody to this role in this unit."]}


def test_list_shows_what_the_person_may_see(client, clerk, invitation):
    elsewhere = SchoolFactory().unit
    invite(
        actor=person(Role.REGISTRY, office=elsewhere.office),
        invitee=Invitee(
            email="x@example.com", first_name="ก", last_name="", unit=elsewhere, role="teacher"
        ),
    )
    client.force_login(clerk)
    assert list(client.get(LIST).context["page"]) == [invitation]


def test_list_takes_the_same_queries_for_many_rows(
    client, clerk, invitation, school, django_assert_num_queries
):
    client.force_login(clerk)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
    for number in range(30):
        given = {"email": f"a{number}@example.com", "first_name": "ก", "last_name": ""}
        invite(actor=clerk, invitee=Invitee(unit=school, role=Role.TEACHER, **given))
    with django_assert_num_queries(9):
        assert len(client.get(LIST).context["page"].items) == 31


def test_resend_and_withdraw(client, clerk, invitation, outbox):
    client.force_login(clerk)
    client.post(reverse("accounts:resend_invitation", args=[invitation.pk]))
    assert len(outbox()) == 1
    client.post(reverse("accounts:revoke_invitation", args=[invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.REVOKED


def test_click_on_an_answered_invitation_says_somebody_was_faster(client, clerk, invitation):
    invitations.accept(token=invitations.token_of(invitation), username="malee", password="x")
    client.force_login(clerk)
    page = reverse("accounts:revoke_invitation", args=[invitation.pk])
    response = client.post(page, follow=True, headers={"Referer": f"http://testserver{LIST}"})
    messages = [str(m) for m in response.context["messages"]]
    assert messages == ["Somebody was faster: the invitation is “Accepted” now."]


@pytest.mark.parametrize("name", ["resend_invitation", "revoke_invitation"])
def test_invitation_of_another_office_is_not_there(client, invitation, name):
    client.force_login(person(Role.REGISTRY))
    page = reverse(f"accounts:{name}", args=[invitation.pk])
    assert (client.post(page).status_code, client.get(page).status_code) == (404, 405)


def test_link_takes_the_secret_out_of_the_address(invited):
    page = invited.get(ACCEPT)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_form_proposes_a_user_name(invited):
    assert invited.get(ACCEPT).context["form"]["username"].value() == "malee"


def test_user_name_that_is_taken_is_not_proposed(invited):
    UserFactory(username="Malee", email="")
    assert invited.get(ACCEPT).context["form"]["username"].value() is None


def test_accepting_signs_in_and_knows_the_device(invited, school):
    response = invited.post(ACCEPT, GOOD | {"phone": "081 234 5678"})
    user = User.objects.get(username="malee")
    assert response["Location"] == "/desk/"
    assert invited.session["_auth_user_id"] == str(user.pk)
    assert (user.phone, user.office) == ("081 234 5678", school.office)
    assert SignIn.objects.get(user=user).method == "invitation"
    assert KnownDevice.objects.filter(user=user).count() == 1
    assert (
        Notification.objects.filter(person=user, notice__kind="accounts.new_device").count() == 0
    )


def test_next_sign_in_on_that_device_is_not_told(invited):
    invited.post(ACCEPT, GOOD)
    invited.post("/accounts/logout/")
    invited.post("/accounts/login/", {"login": "malee", "password": GOOD["password1"]})
    assert "_auth_user_id" in invited.session
    assert Notification.objects.filter(notice__kind="accounts.new_device").count() == 0


def test_role_that_needs_a_factor_is_led_to_it_after_accepting(settings, clerk):
    settings.SECOND_FACTOR_ENFORCED = True
    admin = person(Role.SYSADMIN, office=clerk.office)
    unit = clerk.memberships.get().unit
    row = invite(
        actor=admin,
        invitee=Invitee(
            email="malee@example.com", first_name="ก", last_name="", unit=unit, role="registry"
        ),
    )
    browser = Client()
    browser.get(link(row))
    browser.post(ACCEPT, GOOD)
    assert browser.get("/desk/")["Location"] == "/accounts/second-factor/"


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (
            {"username": "ma"},
            {"username": ["Ensure this value has at least 3 characters (it has 2)."]},
        ),
        (
            {"username": "somchai@example.com"},
            {"username": ["Letters, digits and the signs . _ - only."]},
        ),
        ({"username": "ma+lee"}, {"username": ["Letters, digits and the signs . _ - only."]}),
        ({"username": "Taken"}, {"username": ["Somebody already uses this user name."]}),
        ({"password2": "other-Word-55"}, {"password2": ["The two passwords differ."]}),
        (
            {"password1": "short-1", "password2": "short-1"},
            {"password1": ["This password is too short. It must contain at least 10 characters."]},
        ),
        (
            {"password1": "malee@example", "password2": "malee@example"},
            {"password1": ["The password is too similar to the e-mail address."]},
        ),
    ],
)
def test_wrong_input_is_told_beside_its_field(invited, values, errors):
    UserFactory(username="taken")
    assert invited.post(ACCEPT, GOOD | values).context["form"].errors == errors
    assert User.objects.filter(email="malee@example.com").count() == 0


def test_every_dead_link_shows_the_same_page(invitation, clerk):
    def page(of: str) -> tuple[int, str]:
        browser = Client()
        browser.get(of)
        response = browser.get(ACCEPT)
        return response.status_code, response.templates[0].name

    alive = link(invitation)
    made_up = reverse("accounts:open_invitation", args=["made-up"])
    invitations.revoke(actor=clerk, invitation=invitation)
    assert page(alive) == page(made_up) == (404, "accounts/invitation_gone.html")


def test_link_withdrawn_while_the_form_was_open(invited, invitation, clerk):
    invited.get(ACCEPT)
    invitations.revoke(actor=clerk, invitation=invitation)
    assert invited.post(ACCEPT, GOOD).status_code == 404
    assert User.objects.filter(username="malee").count() == 0


@pytest.mark.django_db(transaction=True)
def test_link_withdrawn_between_the_look_and_the_lock(invited, invitation, clerk):
    """The form finds the invitation open, waits for its row, and gets it withdrawn."""
    ready, waiting = threading.Event(), threading.Event()

    def withdraw() -> None:
        with transaction.atomic():
            invitations.revoke(actor=clerk, invitation=invitation)
            ready.set()
            waiting.wait(5)
        connection.close()

    def send() -> int:
        ready.wait(5)
        threading.Timer(0.5, waiting.set).start()
        try:
            return invited.post(ACCEPT, GOOD).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(withdraw), pool.submit(send)
        assert (first.result(), second.result()) == (None, 404)


def test_unit_closed_while_the_form_was_open(invited, school):
    school.closed_on = timezone.localdate() - timedelta(days=1)
    school.save()
    form = invited.post(ACCEPT, GOOD).context["form"]
    assert form.non_field_errors() == ["The unit was closed meanwhile. Ask who invited you."]


def test_who_is_signed_in_is_asked_to_sign_out_first(invited, clerk):
    invited.force_login(clerk)
    assert invited.get(ACCEPT).templates[0].name == "accounts/signed_in_already.html"
    assert invited.post(ACCEPT, GOOD).status_code == 200
    assert User.objects.filter(username="malee").count() == 0


def test_invitation_of_another_school_is_not_there(client, invitation):
    stranger = person(Role.PRINCIPAL, office=invitation.unit.office)
    client.force_login(stranger)
    page = reverse("accounts:revoke_invitation", args=[invitation.pk])
    assert client.post(page).status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
