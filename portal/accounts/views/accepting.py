"""The invited person opens the account."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.forms import AcceptForm
from portal.accounts.models import Invitation
from portal.accounts.receivers import INVITED_KEY
from portal.accounts.services import invitations
from portal.core.errors import InvalidInput, StaleAction
from portal.users.models import User

TOKEN_KEY = "accounts.invitation_token"  # noqa: S105  (a key of the session)


@login_not_required
@never_cache
@require_GET
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address bar before anything is shown."""
    request.session[TOKEN_KEY] = token
    return redirect("accounts:accept_invitation")


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """Choose user name and password; then the person is signed in.

    A wrong, old, used, withdrawn and expired link all give the same page.
    """
    token = request.session.get(TOKEN_KEY, "")
    invitation = invitations.find(token)
    if invitation is None:
        return _gone(request)
    if request.user.is_authenticated:
        return render(request, "accounts/signed_in_already.html", {"invitation": invitation})
    form = AcceptForm(
        request.POST or None, draft=_draft(invitation), initial=_proposal(invitation)
    )
    if form.is_valid():
        try:
            user = invitations.accept(
                token=token,
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password1"],
                phone=form.cleaned_data["phone"],
            )
        except InvalidInput as error:
            form.add_refusal(error)
        except StaleAction:
            return _gone(request)
        else:
            return _sign_in(request, user)
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/accept_invitation.html", context)


def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    del request.session[TOKEN_KEY]
    request.session[INVITED_KEY] = True
    record_authentication(request, user, method="invitation")
    return perform_login(request, Login(user=user, email=user.email))


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_gone.html", status=404)


def _draft(invitation: Invitation) -> User:
    return User(
        email=invitation.email,
        first_name=invitation.first_name,
        last_name=invitation.last_name,
    )


def _proposal(invitation: Invitation) -> dict[str, str]:
    """The part of the address before the @, when it may be a user name and is free."""
    name = invitation.email.partition("@")[0].replace("+", ".")
    return {} if User.objects.filter(username__iexact=name).exists() else {"username": name}
