"""New passwords, changed addresses, and mails that wait for the mail server."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.accounts.models import AccountMail
from portal.accounts.services import mails
from portal.accounts.tasks import send_mail
from portal.audit.models import AuditRow
from portal.core.models import DeferredState, DeferredTask
from tests.factories import PASSWORD, UserFactory, person

pytestmark = pytest.mark.django_db

RESET = "/accounts/password/reset/"
NEW = "another-Password-7"


def link_in(message) -> str:
    return re.search(r"http://testserver(\S+)", message.body).group(1)


def words(page) -> str:
    """The page without what differs at every request."""
    return re.sub(r'nonce="[^"]*"|value="\w{64}"', "", page.content.decode())


def form_at(browser: Client, address: str):
    """The form behind a link; allauth takes the secret out of the address first."""
    return browser.get(address, follow=True)


def test_new_password_by_mail(client, outbox):
    user = person(username="somchai")
    assert client.post(RESET, {"email": user.email})["Location"] == RESET + "done/"
    (message,) = outbox()
    assert (message.to, message.subject) == ([user.email], "Choose a new password")
    page = form_at(client, link_in(message))
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert AuditRow.objects.filter(action="account.password_reset").count() == 1
    assert [m.subject for m in outbox()][1:] == ["Your password was changed"]


def test_new_password_signs_out_everywhere(client, sign_in_form, outbox):
    user = person(username="somchai")
    other = Client()
    sign_in_form("somchai", by=other)
    mail.outbox.clear()
    client.post(RESET, {"email": user.email})
    reset = next(m for m in outbox() if m.subject == "Choose a new password")
    page = form_at(client, link_in(reset))
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert other.get("/accounts/security/").status_code == 302


def test_link_of_the_mail_works_once(client, outbox):
    user = person()
    client.post(RESET, {"email": user.email})
    address = link_in(outbox()[0])
    page = form_at(client, address)
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert form_at(Client(), address).context["token_fail"] is True


def test_made_up_link_opens_nothing(client):
    page = client.get(reverse("account_reset_password_from_key", args=["1", "made-up"]))
    assert page.context["token_fail"] is True


def test_unknown_address_gets_no_mail_and_the_same_answer(client, outbox):
    person(username="somchai")
    known, unknown = (
        client.post(RESET, {"email": address}, follow=True)
        for address in ("somchai@example.com", "nobody@example.com")
    )
    assert (known.redirect_chain, words(known)) == (unknown.redirect_chain, words(unknown))
    assert [m.to for m in outbox()] == [["somchai@example.com"]]


def test_closed_account_gets_no_mail(client, outbox):
    user = person(is_active=False)
    client.post(RESET, {"email": user.email})
    assert outbox() == []


def test_too_many_resets_of_one_address_are_refused(client):
    user = person()
    answers = [client.post(RESET, {"email": user.email}).status_code for _try in range(6)]
    assert answers == [302] * 5 + [429]


def test_new_password_does_not_get_around_the_second_factor(client, outbox, with_app):
    user = with_app(person(username="somchai"))
    client.post(RESET, {"email": user.email})
    page = form_at(client, link_in(outbox()[0]))
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    response = client.post("/accounts/login/", {"login": "somchai", "password": NEW})
    assert response["Location"] == reverse("mfa_authenticate")


def test_easy_password_is_refused(client):
    user = person()
    client.force_login(user)
    values = {"oldpassword": PASSWORD, "password1": "1234567890", "password2": "1234567890"}
    form = client.post(reverse("account_change_password"), values).context["form"]
    assert form.errors == {
        "password1": ["This password is too common.", "This password is entirely numeric."]
    }


def ask_for(client: Client, address: str):
    return client.post("/accounts/email/", {"action_add": "", "email": address})


def test_new_address_counts_once_it_is_confirmed(client, prove, outbox):
    user = person()
    old = user.email
    client.force_login(user)
    prove(client, user)
    ask_for(client, "New@example.com")
    user.refresh_from_db()
    assert user.email == old
    (message,) = outbox()
    assert (message.to, message.subject) == (["new@example.com"], "Confirm your e-mail address")
    address = link_in(message)
    assert client.get(address).context["can_confirm"] is True
    client.post(address)
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("new@example.com", True, True)
    ]
    assert [(m.to, m.subject) for m in outbox()[1:]] == [
        ([old], "Your e-mail address was changed")
    ]
    assert AuditRow.objects.filter(action="account.email_changed").count() == 1


def test_change_of_address_needs_a_proof(client):
    client.force_login(person())
    response = ask_for(client, "new@example.com")
    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_who_has_a_factor_can_change_the_address(client, prove, outbox, with_app):
    user = with_app(person())
    client.force_login(user)
    prove(client, user)
    ask_for(client, "new@example.com")
    assert [m.to for m in outbox()] == [["new@example.com"]]


@pytest.mark.parametrize("when", ["before", "after"])
def test_address_of_somebody_else_cannot_be_confirmed(client, prove, outbox, when):
    user = person()
    client.force_login(user)
    prove(client, user)
    if when == "before":
        UserFactory(email="malee@example.com")
    ask_for(client, "malee@example.com")
    address = link_in(outbox()[0])
    if when == "after":
        UserFactory(email="malee@example.com")
    page = client.post(address, follow=True)
    user.refresh_from_db()
    assert user.email != "malee@example.com"
    assert [str(m) for m in page.context["messages"]][-1] == (
        "malee@example.com belongs to another account."
    )


def test_own_address_is_told(client, prove):
    user = person()
    client.force_login(user)
    prove(client, user)
    errors = ask_for(client, user.email).context["form"].errors
    assert errors == {"email": ["This is your address already."]}


def test_waiting_address_is_shown_and_can_be_dropped(client, prove):
    user = person()
    client.force_login(user)
    prove(client, user)
    ask_for(client, "new@example.com")
    page = client.get("/accounts/email/")
    assert page.context["new_emailaddress"].email == "new@example.com"
    client.post("/accounts/email/", {"action_remove": "", "email": "new@example.com"})
    assert [a.email for a in EmailAddress.objects.all()] == [user.email]


def test_address_changed_in_the_back_office_replaces_the_old_one():
    user = person()
    user.email = " New@Example.com"
    user.save()
    assert user.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("new@example.com", True, True)
    ]


def test_address_taken_off_in_the_back_office_opens_nothing_any_more():
    user = person()
    user.email = ""
    user.save()
    assert EmailAddress.objects.count() == 0


def test_other_changes_of_a_person_leave_the_address_alone(django_assert_num_queries):
    user = person()
    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])


def test_words_are_wiped_once_the_mail_is_sent(run_deferred):
    row = mails.queue(to="a@example.com", subject="Link", text="secret", html="<p>secret</p>")
    run_deferred()
    row.refresh_from_db()
    assert (row.text, row.html, row.sent_at is not None) == ("", "", True)
    assert [m.body for m in mail.outbox] == ["secret"]
    assert [a.content for a in mail.outbox[0].alternatives] == ["<p>secret</p>"]


def test_task_run_twice_sends_one_mail():
    row = mails.queue(to="a@example.com", subject="Link", text="secret")
    send_mail(row.pk)
    send_mail(row.pk)
    assert len(mail.outbox) == 1


def test_page_answers_and_mail_waits_while_the_mail_server_is_away(client, run_deferred, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nobody listens there
    user = person()
    assert client.post(RESET, {"email": user.email}).status_code == 302
    run_deferred(propagate=False)
    row, task = AccountMail.objects.get(), DeferredTask.objects.get(name="accounts.send_mail")
    assert (row.sent_at, bool(row.text), task.state) == (None, True, DeferredState.PENDING)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_deferred(later=True)
    assert [m.to for m in mail.outbox] == [[user.email]]


def test_mail_has_a_number_of_its_own(run_deferred):
    for _number in range(2):
        mails.queue(to="a@example.com", subject="Link", text="secret")
    run_deferred()
    numbers = {m.extra_headers["Message-ID"] for m in mail.outbox}
    assert len(numbers) == 2


def test_mails_of_allauth_are_in_our_words_and_two_forms(client, prove, outbox):
    user = person()
    client.force_login(user)
    values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), values, headers={"User-Agent": "Mozilla/5.0"})
    (message,) = outbox()
    assert message.subject == "Your password was changed"
    lines = message.body.strip().splitlines()
    assert (lines[0], lines[4]) == (
        "The password of your account was changed.",
        "Device: Unknown browser",
    )
    assert [kind for _content, kind in message.alternatives] == ["text/html"]


def test_set_password_page_is_for_who_has_none(client):
    user = person()
    client.force_login(user)
    page = reverse("account_set_password")
    assert client.get(page)["Location"] == reverse("account_change_password")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert client.get(page).status_code == 200
    client.post(page, {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
