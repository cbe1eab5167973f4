"""What accounts hangs into the pages of others."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.accounts import permissions
from portal.accounts.demo import AccountsDemo
from portal.audit.service import name_actions
from portal.core import registry
from portal.core.registry import MenuEntry, NotificationKind, PublicUrl

if TYPE_CHECKING:
    from portal.users.models import User


class InvitationsEntry(MenuEntry):
    code = "accounts.invitations"
    order = 800
    label = _("Invitations")
    url_name = "accounts:invitations"
    icon = "person-plus"

    def visible_to(self, user: "User") -> bool:
        return permissions.may_invite(user)


class HistoryEntry(MenuEntry):
    code = "accounts.history"
    order = 820
    label = _("Sign-ins of the office")
    url_name = "accounts:office_history"
    icon = "clock-history"

    def visible_to(self, user: "User") -> bool:
        return permissions.may_read_history(user)


PUBLIC_URLS = {
    "account_login": "signing in",
    "account_logout": "signing out, also of a sign-in half done",
    "account_inactive": "tells that the account is closed",
    "account_reset_password": "asks for a new password",
    "account_reset_password_done": "says that the mail is on its way",
    "account_reset_password_from_key": "the link of that mail",
    "account_reset_password_from_key_done": "the new password is set",
    "account_confirm_email": "the link that confirms an address",
    "account_email_verification_sent": "says that this link is on its way",
    "account_confirm_login_code": "a step of allauth that is switched off",
    "mfa_authenticate": "the second step of signing in",
    "mfa_login_webauthn": "signing in with a passkey",
    "accounts:open_invitation": "the link of an invitation",
    "accounts:accept_invitation": "opens the invited person's account",
    "accounts:demo_codes": "codes of the demo accounts; absent outside a demo",
    "admin:login": "leads to the portal's sign-in",
}


ACTION_NAMES = {
    "account.signed_in": _("Signed in"),
    "account.signed_out": _("Signed out"),
    "account.sign_in_failed": _("Sign-in refused"),
    "account.identity_confirmed": _("Identity confirmed"),
    "account.identity_refused": _("Identity not confirmed"),
    "account.identity_blocked": _("Identity: too many wrong tries"),
    "account.password_changed": _("Password changed"),
    "account.password_reset": _("Password chosen anew by mail"),
    "account.email_added": _("E-mail address added"),
    "account.email_changed": _("E-mail address changed"),
    "account.factor_added": _("Second factor added"),
    "account.factor_removed": _("Second factor removed"),
    "account.factor_renewed": _("Recovery codes renewed"),
    "account.factors_reset": _("Second factor taken off by the administrator"),
    "account.session_ended": _("Signed out another device"),
    "account.other_sessions_ended": _("Signed out all other devices"),
    "account.history_read": _("Read the sign-ins of the office"),
    "account.invited": _("Invited a person"),
    "account.invitation_resent": _("Sent an invitation again"),
    "account.invitation_revoked": _("Withdrew an invitation"),
    "account.invitation_accepted": _("Accepted an invitation"),
    "account.back_office_refused": _("Back-office refused"),
    "back_office.added": _("Added in the back-office"),
    "back_office.changed": _("Changed in the back-office"),
    "back_office.deleted": _("Deleted in the back-office"),
}


def register() -> None:
    name_actions(ACTION_NAMES)
    registry.menu_entries.register(InvitationsEntry())
    registry.menu_entries.register(HistoryEntry())
    registry.demo_loaders.register(AccountsDemo())
    registry.notification_kinds.register(
        NotificationKind(
            code="accounts.new_device",
            label=_("Somebody signed in to your account on a new device"),
            urgent=True,
            mandatory=True,
        )
    )
    for name, why in PUBLIC_URLS.items():
        registry.public_urls.register(PublicUrl(code=name, why=why))
