"""Opening an account, signing in and looking after it, as people do it in a browser."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal.accounts.demo import demo_code
from portal.accounts.service import Invitee, invite
from portal.accounts.services.invitations import token_of
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import PASSWORD, SchoolFactory, UserFactory, person

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

Look = Callable[[str], None]


@pytest.fixture(autouse=True)
def _enforced(settings: Any) -> None:
    settings.SECOND_FACTOR_ENFORCED = True


@pytest.fixture
def look(page: Page, axe: Any, shot: Any, no_sideways_scroll: Any) -> Look:
    """``look(name)``: the page is well made, fits a phone, and is kept as a picture."""

    def check(name: str) -> None:
        axe(page)
        no_sideways_scroll(page)
        shot(page, f"accounts-{name}")

    return check


@pytest.fixture
def passkeys(context: BrowserContext, page: Page) -> Iterator[None]:
    """A device that has a passkey store and a finger on it."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    yield
    devtools.detach()


def sign_in_by_form(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(password)
    submit(page)


def submit(page: Page) -> None:
    """The first button of the page's form; the header has forms of its own."""
    page.locator("main form button[type=submit]").first.click()


def prove_by_password(page: Page) -> None:
    expect(page).to_have_url(re.compile("/accounts/reauthenticate/"))
    page.locator("#id_password").fill(PASSWORD)
    submit(page)


def test_director_is_led_to_the_app_and_signs_in_with_it(page: Page, look: Look) -> None:
    person(Role.DIRECTOR, username="director")
    page.goto("/accounts/login/")
    look("login")
    sign_in_by_form(page, "director", "wrong")
    expect(page.locator("[role=alert].error-summary")).to_be_visible()
    look("login-refused")
    sign_in_by_form(page, "director")
    expect(page).to_have_url(re.compile("/accounts/second-factor/"))
    look("second-factor-needed")
    page.locator("main a[href='/accounts/2fa/totp/activate/']").click()
    look("reauthenticate")
    prove_by_password(page)
    look("totp-activate")
    secret = page.locator("#secret-key").inner_text()
    page.locator("#id_code").fill(demo_code(secret=secret))
    submit(page)
    expect(page.locator("#codes code")).to_have_count(10)
    look("recovery-codes")
    page.goto("/desk/")
    expect(page).to_have_url(re.compile("/desk/$"))

    page.goto("/accounts/logout/")
    look("logout")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("body[data-person='']")).to_be_attached()
    sign_in_by_form(page, "director")
    look("authenticate")
    page.locator("#id_code").fill(demo_code(1, secret=secret))
    submit(page)
    expect(page).to_have_url(re.compile("/desk/$"))


def test_passkey_is_added_signs_in_and_confirms(
    page: Page, passkeys: None, look: Look, live_server: Any
) -> None:
    person(Role.OFFICER, username="officer")
    sign_in_by_form(page, "officer")
    page.goto("/accounts/2fa/webauthn/add/")
    prove_by_password(page)
    look("passkey-add")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page).to_have_url(re.compile("/recovery-codes/"))
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("main tbody tr")).to_have_count(1)
    look("passkeys")
    page.goto("/accounts/2fa/")
    look("second-factor")

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("#passkey_login").click()
    expect(page).to_have_url(re.compile("/desk/$"))

    page.goto("/accounts/email/")
    page.locator("#id_email").fill("new@example.com")
    page.locator("main form button[name=action_add]").click()
    expect(page).to_have_url(re.compile("/2fa/reauthenticate/"))
    look("reauthenticate-code")
    page.locator("main a[href*='webauthn/reauthenticate']").click()
    page.locator("#mfa_webauthn_reauthenticate").click()
    expect(page.locator("main .notice-success, main .notice-info").first).to_be_visible()
    page.goto("/accounts/email/")
    expect(page.locator("main .notice-warning")).to_contain_text("new@example.com")
    look("email")


def test_passkey_stands_in_for_the_code_of_a_form(
    page: Page, passkeys: None, look: Look, settings: Any
) -> None:
    """The fields that other apps borrow, on a page of the tests."""
    settings.ROOT_URLCONF = "tests.apps.sample.identity_urls"
    person(Role.OFFICER, username="officer")
    sign_in_by_form(page, "officer")
    page.goto("/accounts/2fa/webauthn/add/")
    prove_by_password(page)
    page.locator("#mfa_webauthn_add").click()
    expect(page).to_have_url(re.compile("/recovery-codes/"))
    page.goto("/sample/identity/")
    look("identity")
    page.locator("[data-passkey-options]").click()
    expect(page.locator("h1")).to_have_text("confirmed")


def test_passkey_that_is_not_there_is_told(page: Page, passkeys: None, complaints: list) -> None:
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject('no') }")
    page.locator("#passkey_login").click()
    expect(page.locator("[data-passkey-error]")).to_be_visible()


def test_invited_person_opens_the_account(page: Page, look: Look) -> None:
    school = SchoolFactory().unit
    clerk = person(Role.REGISTRY, office=school.office)
    given = {"email": "malee@example.com", "first_name": "มาลี", "last_name": "ดีงาม"}
    row = invite(actor=clerk, invitee=Invitee(unit=school, role=Role.TEACHER, **given))
    page.goto(f"/accounts/invitation/{token_of(row)}/")
    look("accept")
    page.locator("#id_password1").fill("a-long-Password-5")
    page.locator("#id_password2").fill("a-long-Password-6")
    submit(page)
    expect(page.locator("#id_password2_error")).to_be_visible()
    look("accept-refused")
    page.locator("#id_password1").fill("a-long-Password-5")
    page.locator("#id_password2").fill("a-long-Password-5")
    submit(page)
    expect(page).to_have_url(re.compile("/desk/$"))
    assert User.objects.get(username="malee").email == "malee@example.com"
    page.context.clear_cookies()
    page.goto(f"/accounts/invitation/{token_of(row)}/")
    look("invitation-gone")


def test_registry_invites_from_a_page_and_from_a_file(
    page: Page, look: Look, sign_in: Callable[[User], None], with_app: Callable[[User], User]
) -> None:
    school = SchoolFactory(smis_code="93020001").unit
    clerk = with_app(person(Role.REGISTRY, office=school.office))
    sign_in(clerk)
    page.goto("/accounts/invitations/new/")
    look("invite")
    page.locator("#id_first_name").fill("มาลี")
    page.locator("#id_email").fill("malee@example.com")
    page.locator("#id_unit").select_option(str(school.pk))
    page.locator("#id_role").select_option("teacher")
    submit(page)
    expect(page.locator("main tbody tr")).to_have_count(1)
    look("invitations")
    page.goto("/accounts/invitations/file/")
    look("import")
    for address, errors in (("x", 1), ("somsri@example.com", 0)):
        page.goto("/accounts/invitations/file/")
        text = f"first_name,email,unit,role\nสมศรี,{address},93020001,teacher\n"
        page.locator("#id_file").set_input_files(
            {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        submit(page)
        expect(page.locator("main .row-errors")).to_have_count(errors)
        look(f"checked-{errors}")
    submit(page)
    expect(page.locator("main tbody tr")).to_have_count(2)
    page.locator("main [data-confirm-box] > summary").first.click()
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("main tbody tr")).to_have_count(2)


def test_person_signs_out_another_device(
    page: Page, look: Look, browser: Any, live_server: Any
) -> None:
    person(username="officer")
    sign_in_by_form(page, "officer")
    expect(page).to_have_url(re.compile("/desk/$"))
    other = browser.new_context(base_url=live_server.url).new_page()
    sign_in_by_form(other, "officer")
    expect(other).to_have_url(re.compile("/desk/$"))
    page.goto("/accounts/security/")
    look("security")
    page.goto("/accounts/sessions/")
    look("sessions")
    page.locator("main tbody form button").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    other.goto("/accounts/security/")
    expect(other).to_have_url(re.compile("/accounts/login/"))
    other.context.close()
    page.goto("/accounts/history/")
    look("history")
    page.goto("/accounts/password/change/")
    look("password")


def test_auditor_reads_the_sign_ins_of_the_office(
    page: Page, look: Look, sign_in: Callable[[User], None]
) -> None:
    auditor = person(Role.AUDITOR, username="auditor")
    sign_in_by_form(page, "auditor", "wrong")
    expect(page.locator("[role=alert].error-summary")).to_be_visible()
    sign_in(auditor)
    page.goto("/accounts/history/office/")
    expect(page.locator("main tbody tr")).to_have_count(1)
    look("office-history")


def test_new_password_pages(page: Page, look: Look) -> None:
    page.goto("/accounts/password/reset/")
    look("password-reset")
    page.locator("#id_email").fill("nobody@example.com")
    submit(page)
    look("password-reset-done")
    page.goto("/accounts/password/reset/key/1-made-up/")
    look("password-link-gone")
    page.goto("/accounts/inactive/")
    look("inactive")


def test_demo_codes_page(page: Page, look: Look, settings: Any, with_app: Any) -> None:
    settings.DEMO = True
    with_app(person(Role.DIRECTOR, username="director"))
    page.goto("/accounts/demo-codes/")
    expect(page.locator("main .code-list code")).to_have_count(2)
    look("demo-codes")


@pytest.mark.parametrize(
    "path",
    ["", "org/network/", "org/network/add/", "users/user/", "audit/auditrow/", "accounts/signin/"],
)
def test_back_office_keeps_the_content_policy(
    page: Page, shot: Any, axe: Any, sign_in: Callable[[User], None], with_app: Any, path: str
) -> None:
    root = with_app(UserFactory(office=None, is_staff=True, is_superuser=True))
    sign_in(root)
    page.goto(f"/back-office/{path}")
    expect(page.locator("#site-name")).to_be_visible()
    shot(page, f"back-office-{path.strip('/').replace('/', '-') or 'index'}")
