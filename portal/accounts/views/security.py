"""Where one is signed in, who signed in when, and what a missing second factor means."""

from allauth.usersessions.internal.flows import sessions as flows
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.demo import current_codes
from portal.accounts.filters import SignInFilter
from portal.accounts.models import SignIn
from portal.accounts.permissions import (
    may_read_history,
    may_reset_factors,
    may_reset_second_factor,
)
from portal.accounts.services import identity, policy, support
from portal.accounts.services.devices import browser_name
from portal.audit import service as audit
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.users.models import User
from portal.users.requests import signed_in


@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account on one page, with links to change it."""
    user = signed_in(request)
    factors = list(policy.factors(user))
    context = {
        "factors": factors,
        "must_have_factor": policy.must_have_second_factor(user),
        "session_count": support.living_sessions(user).count(),
        "latest": SignIn.objects.filter(user=user)[:3],
    }
    return render(request, "accounts/security.html", context)


@require_http_methods(["GET", "POST"])
def session_list(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in; POST signs out everywhere but here."""
    user = signed_in(request)
    if request.method == "POST":
        flows.end_other_sessions(request, user)
        audit.record(action="account.other_sessions_ended", actor=user, about=user)
        done(request, _("You are signed out everywhere else."))
        return redirect("usersessions_list")
    rows = [
        {
            "session": session,
            "browser": browser_name(session.user_agent),
            "is_here": session.session_key == request.session.session_key,
        }
        for session in support.living_sessions(user)
    ]
    return render(request, "usersessions/usersession_list.html", {"rows": rows})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out there."""
    user = signed_in(request)
    session = get_object_or_404(support.living_sessions(user), pk=pk)
    audit.record(action="account.session_ended", actor=user, about=user)
    flows.end_sessions(request, [session])
    done(request, _("That device is signed out."))
    return redirect("usersessions_list")


@require_GET
def my_history(request: HttpRequest) -> HttpResponse:
    """One's own sign-ins and failed tries."""
    rows = SignIn.objects.filter(user=signed_in(request))
    page = keyset_page(rows, order=("-at", "-pk"), cursor=request.GET.get("cursor"))
    return render(request, "accounts/my_history.html", {"page": page})


@require_GET
def office_history(request: HttpRequest) -> HttpResponse:
    """Everybody's of the office, for auditors and system administrators; reading is audited."""
    user = signed_in(request)
    if not may_read_history(user):
        raise Http404
    rows = SignIn.objects.visible_to(user).select_related("user")
    filtered = SignInFilter(request.GET, queryset=rows)
    page = keyset_page(filtered.qs, order=("-at", "-pk"), cursor=request.GET.get("cursor"))
    audit.record(action="account.history_read", actor=user, office_id=user.office_id)
    context = {"page": page, "filter": filtered, "may_reset": may_reset_factors(user)}
    return render(request, "accounts/office_history.html", context)


@require_http_methods(["GET", "POST"])
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """A system administrator takes a lost second factor off somebody's account."""
    actor = signed_in(request)
    owner = get_object_or_404(User, pk=pk)
    if owner.pk == actor.pk or not may_reset_second_factor(actor, owner):
        raise Http404
    if request.method == "POST":
        try:
            support.reset_second_factor(actor=actor, owner=owner)
        except InvalidInput as error:
            messages.warning(request, str(error))
        else:
            done(request, _("%(name)s can set up a new second factor now.") % {"name": owner})
        return redirect("accounts:office_history")
    context = {"owner": owner, "factors": policy.factors(owner)}
    return render(request, "accounts/reset_factor.html", context)


@require_GET
def factor_needed(request: HttpRequest) -> HttpResponse:
    """Says why nothing else opens, and leads to the two ways to mend it."""
    user = signed_in(request)
    if policy.has_second_factor(user):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/factor_needed.html")


@never_cache
@require_GET
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask a passkey, for a form that confirms identity."""
    return JsonResponse(identity.begin_passkey(signed_in(request)))


@login_not_required
@never_cache
@require_GET
def demo_codes(request: HttpRequest) -> HttpResponse:
    """The current codes of the demo accounts; there is no such page outside a demo."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/demo_codes.html", current_codes()._asdict())
