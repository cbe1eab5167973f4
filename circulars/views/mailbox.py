"""Settings of the central mailbox, whether it works, and who looked into their inbox."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from circulars.forms.mail import MailboxForm
from circulars.models import Mailbox
from circulars.services import looks, mailboxes
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.org.models import Office
from portal.users.requests import SignedInRequest


def mailbox(request: SignedInRequest) -> HttpResponse:
    """How the mailbox is reached, and when the portal last got in."""
    office = office_of(request)
    kept = mailboxes.mailbox_of(office)
    form = MailboxForm(
        request.POST or None, instance=kept, initial=None if kept else _usual(office)
    )
    if request.method == "POST" and form.is_valid():
        try:
            mailboxes.save_mailbox(office=office, actor=request.user, **form.inputs())
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Saved. Try the connection now."))
            return redirect("circulars:mailbox")
    context = {"form": form, "mailbox": mailboxes.mailbox_of(office), "office": office}
    status = 422 if form.errors else 200
    return render(request, "circulars/mail_settings.html", context, status=status)


@require_POST
def mailbox_try(request: SignedInRequest) -> HttpResponse:
    """Sign in to the mailbox now; what the server says is what the clerk reads."""
    found = get_object_or_404(Mailbox, office=office_of(request))
    waiting = mailboxes.try_connection(mailbox=found, actor=request.user)
    said = ngettext(
        "The connection works. %(n)s mail is in the mailbox.",
        "The connection works. %(n)s mails are in the mailbox.",
        waiting,
    )
    done(request, said % {"n": waiting})
    return redirect("circulars:mailbox")


def inbox_looks(request: SignedInRequest) -> HttpResponse:
    """Which registry has not opened its inbox this half-day (appendix 6, 4.1.2)."""
    if request.user.office is None or not looks.may_see_board(request.user):
        raise NotAllowed(action="looks.list")
    show = request.GET.get("show", "")
    now = timezone.now()
    halves, rows = looks.board(office=request.user.office, now=now)
    behind = [row for row in rows if row.is_behind]
    context = {
        "halves": halves,
        "rows": behind if show == "behind" else rows,
        "behind": len(behind),
        "total": len(rows),
        "show": show,
        "now": now,
    }
    return render(request, "circulars/mail_looks.html", context)


def office_of(request: SignedInRequest) -> Office:
    """The office that the person may set up; 404 for anybody else."""
    office = request.user.office
    if office is None or not mailboxes.may_set_up(request.user):
        raise NotAllowed(action="mailbox.change")
    return office


def _usual(office: Office) -> dict[str, str]:
    return {"address": office.email, "username": office.email}
