"""Answering a received letter with a letter."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.services import replies
from circulars.views.common import visible_delivery
from portal.core.notices import done
from portal.users.requests import SignedInRequest


@require_POST
def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft with reference, addressee and recipient set."""
    draft = replies.begin_reply(delivery=visible_delivery(request, pk), actor=request.user)
    done(
        request, _("This draft answers the letter. Both registers will say so once it is signed.")
    )
    return redirect("circulars:edit", draft.pk)
