"""The back-office: who enters, how it is grouped, and that every change is in the audit."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from portal.accounts.back_office import BackOffice, section_of
from portal.accounts.enums import SignInResult
from portal.accounts.models import KnownDevice, SignIn
from portal.accounts.service import Invitee, invite
from portal.audit.models import AuditRow
from portal.org.enums import Role
from portal.org.models import Network
from tests.factories import NetworkFactory, SchoolFactory, UserFactory, person

pytestmark = pytest.mark.django_db

INDEX = "/back-office/"


@pytest.fixture
def root():
    return UserFactory(office=None, is_staff=True, is_superuser=True)


@pytest.fixture
def enforced(settings):
    settings.SECOND_FACTOR_ENFORCED = True


def test_back_office_is_the_admin():
    assert isinstance(admin.site, BackOffice)


def test_visitor_is_led_to_the_sign_in_of_the_portal_and_back(client):
    first = client.get(INDEX)
    assert first["Location"] == "/back-office/login/?next=/back-office/"
    second = client.get(first["Location"])
    assert second["Location"] == "/accounts/login/?next=/back-office/"


def test_login_page_of_the_admin_takes_no_passwords(client, root):
    response = client.post("/back-office/login/", {"username": root.username, "password": "x"})
    assert response["Location"] == "/accounts/login/?next=/back-office/login/"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SYSADMIN])
def test_who_is_not_staff_is_refused_and_audited(client, role):
    user = person(role)
    client.force_login(user)
    response = client.get("/back-office/login/")
    assert response["Location"] == "/desk/"
    row = AuditRow.objects.get(action="account.back_office_refused")
    assert row.actor == user


@pytest.mark.usefixtures("enforced")
def test_staff_without_a_factor_are_led_to_set_it_up(client, root):
    client.force_login(root)
    assert client.get(INDEX)["Location"] == "/accounts/second-factor/"


@pytest.mark.usefixtures("enforced")
def test_staff_with_a_factor_enter(client, root, with_app):
    client.force_login(with_app(root))
    assert client.get(INDEX).status_code == 200
    assert client.get("/back-office/login/")["Location"] == INDEX


@pytest.mark.usefixtures("enforced")
def test_permission_itself_asks_for_the_factor(rf, root, with_app):
    """The middleware leads there; the door is closed all the same."""
    request = rf.get(INDEX)
    request.user = root
    assert not admin.site.has_permission(request)
    with_app(root)
    assert admin.site.has_permission(request)


@pytest.mark.parametrize(
    ("path", "target"),
    [("logout/", "/accounts/logout/"), ("password_change/", "/accounts/password/change/")],
)
def test_doubles_of_account_pages_lead_to_the_portal(client, root, path, target):
    client.force_login(root)
    assert client.get(INDEX + path)["Location"] == target


def test_index_is_grouped_by_what_people_look_after(client, root):
    client.force_login(root)
    apps = client.get(INDEX).context["app_list"]
    assert [app["app_label"] for app in apps][:3] == ["people", "accounts", "system"]
    accounts = next(app for app in apps if app["app_label"] == "accounts")
    assert [m["object_name"] for m in accounts["models"]] == [
        "Invitation",
        "KnownDevice",
        "SignIn",
    ]


@pytest.mark.parametrize(
    ("label", "section"),
    [
        ("org", "people"),
        ("users", "people"),
        ("accounts", "accounts"),
        ("audit", "system"),
        ("circulars", "work"),
        ("anything", "work"),
    ],
)
def test_section_of_an_app(label, section):
    assert section_of(label) == section


def test_page_of_one_app_keeps_its_own_models(client, root):
    client.force_login(root)
    apps = client.get("/back-office/accounts/").context["app_list"]
    assert [app["app_label"] for app in apps] == ["accounts"]


@pytest.mark.parametrize(
    "model",
    [
        "mfa.Authenticator",
        "account.EmailAddress",
        "account.EmailConfirmation",
        "usersessions.UserSession",
        "auth.Group",
    ],
)
def test_what_services_keep_is_not_in_the_back_office(model):
    registered = {m._meta.label for m in admin.site._registry}
    assert model not in registered


def test_pages_lead_back_to_the_portal(client, root):
    client.force_login(root)
    page = client.get(INDEX).content.decode()
    assert page.count('href="/desk/"') == 1


@pytest.fixture
def rows():
    """An invitation, a sign-in and a device in one office, and the same in another."""
    made = []
    for _office in range(2):
        school = SchoolFactory().unit
        admin_user = person(Role.SYSADMIN, office=school.office, is_staff=True)
        given = {"email": f"a{school.pk}@example.com", "first_name": "ก", "last_name": ""}
        made.append(
            {
                "admin": admin_user,
                "invitation": invite(
                    actor=admin_user, invitee=Invitee(unit=school, role="teacher", **given)
                ),
                "signin": SignIn.objects.create(user=admin_user, result=SignInResult.SIGNED_IN),
                "knowndevice": KnownDevice.objects.create(user=admin_user, token_hash="x"),
            }
        )
    return made


@pytest.mark.parametrize("name", ["invitation", "signin", "knowndevice"])
def test_administrator_looks_at_the_own_office_only(client, rows, name):
    mine, other = rows
    client.force_login(mine["admin"])
    listed = client.get(reverse(f"admin:accounts_{name}_changelist")).context["cl"].result_list
    assert list(listed) == [mine[name]]
    look = reverse(f"admin:accounts_{name}_change", args=[mine[name].pk])
    assert client.get(look).status_code == 200
    away = reverse(f"admin:accounts_{name}_change", args=[other[name].pk])
    assert client.get(away).status_code == 302


@pytest.mark.parametrize("name", ["invitation", "signin", "knowndevice"])
def test_administrator_of_the_installation_looks_at_all(client, root, rows, name):
    client.force_login(root)
    listed = client.get(reverse(f"admin:accounts_{name}_changelist")).context["cl"].result_list
    assert set(listed) == {row[name] for row in rows}


@pytest.mark.parametrize("name", ["invitation", "signin", "knowndevice"])
def test_nothing_of_accounts_is_changed_by_hand(client, root, rows, name):
    client.force_login(root)
    pk = rows[0][name].pk
    assert client.get(reverse(f"admin:accounts_{name}_add")).status_code == 403
    assert client.post(reverse(f"admin:accounts_{name}_change", args=[pk]), {}).status_code == 403
    assert client.post(reverse(f"admin:accounts_{name}_delete", args=[pk]), {}).status_code == 403


def test_staff_without_the_role_see_nothing_of_accounts(client):
    client.force_login(person(Role.OFFICER, is_staff=True))
    assert client.get(reverse("admin:accounts_invitation_changelist")).status_code == 403


def test_secret_parts_are_not_shown(client, rows):
    mine = rows[0]
    client.force_login(mine["admin"])
    page = client.get(
        reverse("admin:accounts_invitation_change", args=[mine["invitation"].pk])
    ).content.decode()
    assert mine["invitation"].nonce not in page


def test_what_is_changed_by_hand_is_audited(client, root):
    network = NetworkFactory()
    client.force_login(root)
    add, change, delete = (
        reverse("admin:org_network_add"),
        reverse("admin:org_network_change", args=[network.pk]),
        reverse("admin:org_network_delete", args=[network.pk]),
    )
    office = network.office_id
    client.post(add, {"office": office, "name": "ใหม่", "position": 1})
    client.post(change, {"office": office, "name": "เปลี่ยน", "position": 0})
    client.post(delete, {"post": "yes"})
    rows = AuditRow.objects.filter(action__startswith="back_office").order_by("pk")
    new = Network.objects.get(name="ใหม่")
    assert list(rows.values_list("action", "about_id", "actor", "office", "data")) == [
        (
            "back_office.added",
            str(new.pk),
            root.pk,
            office,
            {"fields": ["office", "name", "position"]},
        ),
        ("back_office.changed", str(network.pk), root.pk, office, {"fields": ["name"]}),
        ("back_office.deleted", str(network.pk), root.pk, office, {}),
    ]
    assert LogEntry.objects.count() == 3
