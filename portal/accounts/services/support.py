"""Helping somebody who lost the phone with the authenticator app."""

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.permissions import may_reset_second_factor
from portal.audit import service as audit
from portal.core.errors import InvalidInput, NotAllowed

if TYPE_CHECKING:
    from portal.users.models import User


@transaction.atomic
def reset_second_factor(*, actor: "User", owner: "User") -> None:
    """Take all factors off an account and sign it out everywhere.

    At the next sign-in whose role needs one sets up a new one. Nobody does this for the own
    account: a session that somebody took over must not be able to. Raises ``NotAllowed``, or
    ``InvalidInput`` when there is nothing to take off.
    """
    if not may_reset_second_factor(actor, owner) or actor.pk == owner.pk:
        raise NotAllowed(_("You may not take off this person's second factor."))
    removed, _by_model = Authenticator.objects.filter(user=owner).delete()
    if not removed:
        raise InvalidInput(_("This account has no second factor."))
    for session in UserSession.objects.filter(user=owner):
        session.end()
    audit.record(action="account.factors_reset", actor=actor, about=owner)


def living_sessions(user: "User") -> QuerySet[UserSession]:
    """Where ``user`` is signed in now, the newest first, in one query."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user_id=user.pk, session_key__in=living)
    return rows.order_by("-last_seen_at", "-pk")
