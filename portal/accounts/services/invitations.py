"""Accounts come into being by invitation only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.enums import InvitationState
from portal.accounts.models import Invitation, new_nonce
from portal.accounts.permissions import (
    invites_for_office,
    keeps_installation,
    may_invite_as,
    own_school_ids,
)
from portal.audit import service as audit
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.tasks import defer
from portal.org.models import Position, Unit
from portal.org.service import appoint
from portal.users.models import User

SALT = "accounts.invitation"


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """Whom to invite, and what the account will be."""

    email: str
    first_name: str
    last_name: str
    unit: Unit
    role: str
    title: str = ""
    position: Position | None = None
    starts_on: date | None = None


@transaction.atomic
def invite(*, actor: User, invitee: Invitee) -> Invitation:
    """Invite a person to open an account that will hold the role in the unit; a mail goes out.

    Raises ``NotAllowed`` when ``actor`` may not give that role there, ``InvalidInput`` (field
    "email") when the address has an account or an open invitation.
    """
    if not may_invite_as(actor, invitee.unit, invitee.role):
        raise NotAllowed(_("You may not invite somebody to this role in this unit."))
    email = invitee.email.strip().lower()
    _refuse_taken(email)
    now = timezone.now()
    Invitation.objects.open().filter(email=email, expires_at__lte=now).update(
        revoked_at=now, revoked_by=actor
    )
    invitation = Invitation.objects.create(
        unit=invitee.unit,
        role=invitee.role,
        position=invitee.position,
        starts_on=invitee.starts_on or timezone.localdate(),
        email=email,
        title=invitee.title,
        first_name=invitee.first_name,
        last_name=invitee.last_name,
        invited_by=actor,
        created_at=now,
        expires_at=now + settings.INVITATION_LIFETIME,
    )
    defer("accounts.send_invitation", invitation.pk)
    _record("account.invited", actor, invitation, role=invitation.role, unit=invitation.unit_id)
    return invitation


@transaction.atomic
def invite_many(*, actor: User, invitees: Sequence[Invitee]) -> list[Invitation]:
    """Invite all of them or, when one cannot be invited, nobody."""
    return [invite(actor=actor, invitee=invitee) for invitee in invitees]


@transaction.atomic
def resend(*, actor: User, invitation: Invitation) -> Invitation:
    """Send a fresh link; the older one stops working and the days count anew."""
    row = _locked(actor, invitation)
    _refuse_closed(row, InvitationState.PENDING, InvitationState.EXPIRED)
    row.nonce = new_nonce()
    row.expires_at = timezone.now() + settings.INVITATION_LIFETIME
    row.save(update_fields=["nonce", "expires_at"])
    defer("accounts.send_invitation", row.pk)
    _record("account.invitation_resent", actor, row)
    return row


@transaction.atomic
def revoke(*, actor: User, invitation: Invitation) -> Invitation:
    """Take an invitation back; its link stops working at once."""
    row = _locked(actor, invitation)
    _refuse_closed(row, InvitationState.PENDING, InvitationState.EXPIRED)
    row.revoked_at, row.revoked_by = timezone.now(), actor
    row.save(update_fields=["revoked_at", "revoked_by"])
    _record("account.invitation_revoked", actor, row)
    return row


def unsent(pk: int) -> models.QuerySet[Invitation]:
    """The invitation, locked, if it is open and its present link has not been mailed."""
    return (
        Invitation.objects.pending()
        .select_for_update(of=("self",))
        .select_related("unit__office", "invited_by")
        .filter(pk=pk)
        .exclude(sent_nonce=models.F("nonce"))
    )


def mark_sent(invitation: Invitation) -> None:
    invitation.sent_at, invitation.sent_nonce = timezone.now(), invitation.nonce
    invitation.save(update_fields=["sent_at", "sent_nonce"])


def token_of(invitation: Invitation) -> str:
    """The secret part of the link in the mail."""
    return signing.dumps([invitation.pk, invitation.nonce], salt=SALT)


def find(token: str) -> Invitation | None:
    """The invitation that ``token`` opens; None for a wrong, old, used or expired link."""
    row = _by_token(token, Invitation.objects.select_related("unit__office", "position"))
    return row if row and row.state == InvitationState.PENDING else None


@transaction.atomic
def accept(*, token: str, username: str, password: str, phone: str = "") -> User:
    """Open the account: person, role and confirmed address, all or nothing.

    Raises ``StaleAction`` when the link is not valid any more, ``InvalidInput`` when the user
    name or the address was taken in the meantime or the unit was closed.
    """
    row = _by_token(token, Invitation.objects.select_for_update(of=("self",)))
    if row is None or row.state != InvitationState.PENDING:
        raise StaleAction(_("This invitation is not valid any more. Ask for a new one."))
    if not row.unit.is_open:
        raise InvalidInput(_("The unit was closed meanwhile. Ask who invited you."))
    _refuse_account(row.email)
    user = _create_user(row, username=username, password=password, phone=phone)
    EmailAddress.objects.update_or_create(
        user=user, email=row.email, defaults={"primary": True, "verified": True}
    )
    appoint(
        actor=None,
        person=user,
        unit=row.unit,
        role=row.role,
        position=row.position,
        starts_on=row.starts_on,
    )
    row.accepted_at, row.account = timezone.now(), user
    row.save(update_fields=["accepted_at", "account"])
    _record("account.invitation_accepted", user, row)
    return user


def _create_user(row: Invitation, *, username: str, password: str, phone: str) -> User:
    """The database decides who gets a user name that two people want."""
    try:
        with transaction.atomic():
            return User.objects.create_user(
                username,
                row.email,
                password,
                office=row.unit.office,
                title=row.title,
                first_name=row.first_name,
                last_name=row.last_name,
                phone=phone,
            )
    except IntegrityError as error:
        raise InvalidInput(_("Somebody already uses this user name."), field="username") from error


def _by_token(token: str, rows: models.QuerySet[Invitation]) -> Invitation | None:
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return rows.filter(pk=pk, nonce=nonce).first()


def _locked(actor: User, invitation: Invitation) -> Invitation:
    row = (
        Invitation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(pk=invitation.pk)
        .first()
    )
    if row is None:
        raise NotAllowed(_("You may not change this invitation."))
    return row


def _refuse_closed(row: Invitation, *wanted: InvitationState) -> None:
    state = row.state
    if state not in wanted:
        raise StaleAction(
            _("Somebody was faster: the invitation is “%(state)s” now.") % {"state": state.label},
            state=state,
        )


def fillable_units(actor: User) -> models.QuerySet[Unit]:
    """The open units into which ``actor`` may invite somebody."""
    units = Unit.objects.open()
    if keeps_installation(actor):
        return units
    units = units.filter(office_id=actor.office_id)
    if invites_for_office(actor, actor.office_id):
        return units
    return units.filter(pk__in=own_school_ids(actor))


def fillable_positions(actor: User) -> models.QuerySet[Position]:
    """The positions that an invitation of ``actor`` may name."""
    rows = Position.objects.all()
    return rows if keeps_installation(actor) else rows.filter(office__users=actor)


def taken_emails(emails: Iterable[str]) -> frozenset[str]:
    """Those of ``emails`` (in lower case) that have an account or a pending invitation."""
    wanted = set(emails)
    accounts = User.objects.annotate(address=Lower("email")).filter(address__in=wanted)
    addresses = EmailAddress.objects.filter(email__in=wanted)
    pending = Invitation.objects.pending().filter(email__in=wanted)
    return frozenset(
        accounts.values_list("address", flat=True).union(
            addresses.values_list("email", flat=True), pending.values_list("email", flat=True)
        )
    )


def _refuse_account(email: str) -> None:
    own = User.objects.filter(email__iexact=email).exists()
    if own or EmailAddress.objects.filter(email=email).exists():
        raise InvalidInput(_("There is an account with this e-mail address."), field="email")


def _refuse_taken(email: str) -> None:
    _refuse_account(email)
    if Invitation.objects.pending().filter(email=email).exists():
        raise InvalidInput(_("This address has an open invitation already."), field="email")


def _record(action: str, actor: User, row: Invitation, **data: object) -> None:
    audit.record(
        action=action, actor=actor, about=row, office_id=row.unit.office_id, data=data or None
    )
