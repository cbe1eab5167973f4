"""Who must own a second factor is led to set it up before anything else opens."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.demo import demo_code
from portal.accounts.service import has_second_factor, must_have_second_factor
from portal.accounts.services import support
from portal.accounts.services.policy import people_who_must
from portal.audit.models import AuditRow
from portal.core.errors import InvalidInput, NotAllowed
from portal.org.enums import Role
from tests.factories import OfficeFactory, UserFactory, acting, person, role_holders
from tests.portal.accounts.conftest import COMPULSORY, factor_kinds

pytestmark = pytest.mark.django_db

NEEDED = "/accounts/second-factor/"


@pytest.fixture
def enforced(settings):
    settings.SECOND_FACTOR_ENFORCED = True


@pytest.mark.parametrize("role", Role)
def test_role_needs_a_factor(role):
    assert must_have_second_factor(person(role)) is (role in COMPULSORY)


def test_roles_come_from_the_setting(settings):
    settings.SECOND_FACTOR_ROLES = frozenset({"teacher"})
    assert must_have_second_factor(person(Role.TEACHER))
    assert not must_have_second_factor(person(Role.DIRECTOR))


def test_who_acts_for_the_director_needs_a_factor():
    director = person(Role.DIRECTOR)
    stand_in = person(Role.OFFICER, office=director.office)
    assert not must_have_second_factor(stand_in)
    acting(stand_in, director.memberships.get())
    assert must_have_second_factor(type(stand_in).objects.get(pk=stand_in.pk))


@pytest.mark.parametrize("field", ["is_staff", "is_superuser"])
def test_who_may_open_the_back_office_needs_a_factor(field):
    assert must_have_second_factor(UserFactory(**{field: True}))


def test_all_who_must_are_found_in_one_query(django_assert_num_queries):
    office = OfficeFactory()
    holders = role_holders(office)
    stand_in = person(Role.OFFICER, office=office)
    acting(stand_in, holders[Role.DIRECTOR].memberships.get())
    staff = UserFactory(office=office, is_staff=True)
    person(Role.DIRECTOR, is_active=False)
    with django_assert_num_queries(1):
        found = set(people_who_must())
    assert found == {holders[role] for role in COMPULSORY} | {stand_in, staff}


def test_recovery_codes_alone_are_no_factor(recovery_codes):
    user = person()
    recovery_codes(user)
    assert not has_second_factor(user)


@pytest.mark.usefixtures("enforced")
@pytest.mark.parametrize("path", ["/desk/", "/accounts/security/", "/accounts/sessions/"])
def test_everything_leads_to_the_set_up(client, path):
    client.force_login(person(Role.DIRECTOR))
    assert client.get(path)["Location"] == NEEDED


@pytest.mark.usefixtures("enforced")
def test_script_of_a_page_is_led_there_as_a_whole_page(client):
    client.force_login(person(Role.DIRECTOR))
    response = client.get("/desk/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (200, NEEDED)


@pytest.mark.usefixtures("enforced")
@pytest.mark.parametrize(
    ("page", "status"),
    [(NEEDED, 204), ("/accounts/2fa/totp/activate/", 204), ("/desk/", 200), ("/nowhere/", 200)],
)
def test_script_of_the_set_up_is_answered_without_disturbing_it(client, page, status):
    client.force_login(person(Role.DIRECTOR))
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    assert client.get("/desk/", headers=headers).status_code == status


@pytest.mark.usefixtures("enforced")
@pytest.mark.parametrize(
    "name", [NEEDED, "/accounts/2fa/", "/accounts/email/", "/accounts/logout/"]
)
def test_way_to_a_factor_stays_open(client, name):
    client.force_login(person(Role.DIRECTOR))
    assert client.get(name).status_code == 200


@pytest.mark.usefixtures("enforced")
@pytest.mark.parametrize("role", [Role.OFFICER, Role.SCHOOL_CLERK])
def test_others_are_not_held_up(client, role):
    client.force_login(person(role))
    assert client.get("/accounts/security/").status_code == 200


@pytest.mark.usefixtures("enforced")
def test_who_has_a_factor_is_not_held_up_and_not_asked_again(client, with_app):
    client.force_login(with_app(person(Role.DIRECTOR)))
    assert client.get(NEEDED)["Location"] == "/desk/"
    page = reverse("accounts:history")
    with CaptureQueriesContext(connection) as first:
        client.get(page)
    with CaptureQueriesContext(connection) as second:
        client.get(page)
    asked = [sum("mfa_authenticator" in q["sql"] for q in run) for run in (first, second)]
    assert asked == [0, 0]


@pytest.mark.usefixtures("enforced")
def test_set_up_of_the_app_opens_the_portal(client, sign_in_form):
    user = person(Role.DIRECTOR, username="somchai")
    assert sign_in_form("somchai")["Location"] == "/desk/"
    assert client.get("/desk/")["Location"] == NEEDED
    set_up = reverse("mfa_activate_totp")
    proof = client.get(set_up)["Location"]
    assert proof.startswith(reverse("account_reauthenticate"))
    response = client.post(proof, {"password": "test-Password-9", "next": set_up})
    assert response["Location"] == set_up
    client.get(set_up)
    secret = client.session["mfa.totp.secret"]
    response = client.post(set_up, {"code": demo_code(secret=secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert factor_kinds(user) == ["recovery_codes", "totp"]
    assert client.get("/accounts/security/").status_code == 200


@pytest.mark.usefixtures("enforced")
def test_last_factor_of_a_compulsory_role_cannot_be_switched_off(client, with_app, prove):
    user = with_app(person(Role.DIRECTOR))
    client.force_login(user)
    prove(client, user)
    response = client.post(reverse("mfa_deactivate_totp"))
    assert response.context["form"].non_field_errors() == [
        "Your role needs a second factor. Add a passkey first, then you can switch the app off."
    ]
    assert factor_kinds(user) == ["totp"]


def test_app_can_be_switched_off_where_a_passkey_remains(client, with_app, prove):
    user = with_app(person(Role.DIRECTOR))
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Passkey 1"})
    client.force_login(user)
    prove(client, user)
    client.post(reverse("mfa_deactivate_totp"))
    assert factor_kinds(user) == ["webauthn"]


def test_app_can_be_switched_off_where_none_is_needed(client, with_app, prove, recovery_codes):
    user = with_app(person(Role.OFFICER))
    recovery_codes(user)
    client.force_login(user)
    prove(client, user)
    client.post(reverse("mfa_deactivate_totp"))
    assert factor_kinds(user) == []


@pytest.mark.usefixtures("enforced")
def test_removal_of_the_last_passkey_leads_to_the_set_up_at_once(client, prove):
    user = person(Role.DIRECTOR)
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Passkey 1"})
    client.force_login(user)
    assert client.get("/accounts/security/").status_code == 200
    prove(client, user)
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert client.get("/accounts/security/")["Location"] == NEEDED


def test_changes_of_factors_are_audited_and_told(
    client, with_app, prove, outbox, django_capture_on_commit_callbacks
):
    user = with_app(person())
    client.force_login(user)
    prove(client, user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    rows = AuditRow.objects.filter(action__startswith="account.factor").order_by("pk")
    assert list(rows.values_list("action", "data")) == [
        ("account.factor_renewed", {"kind": "recovery_codes"}),
        ("account.factor_removed", {"kind": "totp"}),
        ("account.factor_removed", {"kind": "recovery_codes"}),
    ]
    assert [m.subject for m in outbox()] == [
        "New recovery codes were made",
        "The authenticator app was switched off",
    ]


def test_reauthentication_asks_the_factor_of_who_has_one(client, with_app):
    client.force_login(with_app(person()))
    response = client.get(reverse("mfa_deactivate_totp"))
    assert response["Location"].startswith(reverse("mfa_reauthenticate"))
    by_password = client.get(reverse("account_reauthenticate"))
    assert by_password["Location"].startswith(reverse("mfa_reauthenticate"))


def test_wrong_proof_is_audited(client, with_app):
    plain, secured = person(), with_app(person())
    client.force_login(plain)
    client.post(reverse("account_reauthenticate"), {"password": "wrong"})
    client.force_login(secured)
    client.post(reverse("mfa_reauthenticate"), {"code": "000000"})
    rows = AuditRow.objects.filter(action="account.identity_refused").order_by("pk")
    assert [row.actor for row in rows] == [plain, secured]


def reset_allowed(actor, owner) -> bool:
    try:
        support.reset_second_factor(actor=actor, owner=owner)
    except NotAllowed:
        return False
    return True


def test_lost_factor_is_taken_off_by_the_system_administrator_only(with_app):
    office = OfficeFactory()
    owner = with_app(person(Role.DIRECTOR, office=office))
    holders = role_holders(office)
    allowed = set()
    for role, actor in holders.items():
        if reset_allowed(actor, owner):
            allowed.add(role)
            with_app(owner)
    assert allowed == {Role.SYSADMIN}


def test_lost_factor_of_another_office_is_out_of_reach(with_app):
    owner = with_app(person(Role.DIRECTOR))
    assert not reset_allowed(person(Role.SYSADMIN), owner)
    assert reset_allowed(UserFactory(office=None, is_superuser=True), owner)


def test_nobody_takes_off_the_own_factor(with_app):
    admin = with_app(person(Role.SYSADMIN))
    assert not reset_allowed(admin, admin)


def test_reset_signs_out_everywhere_and_is_audited(with_app, recovery_codes):
    owner = with_app(person(Role.DIRECTOR, username="somchai"))
    recovery_codes(owner)
    browser = Client()
    browser.post("/accounts/login/", {"login": "somchai", "password": "test-Password-9"})
    browser.post("/accounts/2fa/authenticate/", {"code": demo_code()})
    assert browser.get("/accounts/security/").status_code == 200
    admin = person(Role.SYSADMIN, office=owner.office)
    support.reset_second_factor(actor=admin, owner=owner)
    assert browser.get("/accounts/security/").status_code == 302
    assert (factor_kinds(owner), UserSession.objects.count()) == ([], 0)
    row = AuditRow.objects.get(action="account.factors_reset")
    assert (row.actor, row.about_id) == (admin, str(owner.pk))


def test_reset_without_a_factor_says_so():
    owner = person(Role.DIRECTOR)
    admin = person(Role.SYSADMIN, office=owner.office)
    with pytest.raises(InvalidInput, match=r"^This account has no second factor\.$"):
        support.reset_second_factor(actor=admin, owner=owner)


def test_reset_page(client, with_app):
    owner = with_app(person(Role.DIRECTOR))
    client.force_login(person(Role.SYSADMIN, office=owner.office))
    page = reverse("accounts:reset_factor", args=[owner.pk])
    assert client.get(page).status_code == 200
    assert client.post(page)["Location"] == "/accounts/history/office/"
    assert factor_kinds(owner) == []
    messages = [str(m) for m in client.post(page, follow=True).context["messages"]]
    assert messages[-1] == "This account has no second factor."


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DIRECTOR, Role.REGISTRY])
def test_reset_page_is_not_there_for_others(client, with_app, role):
    owner = with_app(person(Role.DEPUTY))
    client.force_login(person(role, office=owner.office))
    page = reverse("accounts:reset_factor", args=[owner.pk])
    assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)


def test_secrets_are_encrypted_at_rest(with_app):
    user = with_app(person())
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert (stored[:5], len(stored)) == ("gAAAA", 140)
