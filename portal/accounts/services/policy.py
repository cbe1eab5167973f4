"""Who must own a second factor, and who does."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q, QuerySet

from portal.org.models import Acting, Membership
from portal.org.permissions import roles_of
from portal.users.models import User

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must_have_second_factor(user: User) -> bool:
    """Whether ``user`` holds one of ``SECOND_FACTOR_ROLES`` or may open the back-office."""
    if user.is_staff or user.is_superuser:
        return True
    return any(role in settings.SECOND_FACTOR_ROLES for role, _unit in roles_of(user))


def people_who_must() -> QuerySet[User]:
    """Everybody of whom ``must_have_second_factor`` is true today."""
    roles = settings.SECOND_FACTOR_ROLES
    own = Membership.objects.on().filter(role__in=roles).values("person")
    acting = Acting.objects.on().filter(membership__role__in=roles).values("person")
    staff = Q(is_staff=True) | Q(is_superuser=True)
    return User.objects.filter(Q(pk__in=own) | Q(pk__in=acting) | staff, is_active=True)


def has_second_factor(user: User) -> bool:
    """Whether ``user`` has an authenticator app or a passkey; recovery codes do not count."""
    return factors(user).exists()


def factors(user: User) -> QuerySet[Authenticator]:
    """The authenticator app and the passkeys of ``user``."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS)
