"""One page for every move of loans, lists and destructions: what it asks, then back."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from circulars.forms.archive import MoveForm
from circulars.views.archive_forms import posted
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.notices import done
from portal.users.requests import SignedInRequest
from portal.workflow.service import Table, available


def move_page(
    request: SignedInRequest,
    *,
    obj: Any,
    name: str,
    table: Table,
    forms: Mapping[str, type[MoveForm]],
    act: Callable[..., Any],
) -> HttpResponse:
    """GET shows the form of the move; POST does it with ``act`` and leads to the object."""
    if name not in forms:
        raise NotAllowed(action=f"{table.kind}.{name}", about=obj)
    move = table.move(name)
    if not any(offered.name == name for offered in available(table, obj, request.user)):
        if obj.state not in move.source:
            raise StaleAction(
                _("Someone was faster: this is now “%(state)s”.")
                % {"state": obj.get_state_display()},
                state=obj.state,
                about=obj,
            )
        raise NotAllowed(action=f"{table.kind}.{name}", about=obj)
    form = forms[name](posted(request), obj=obj, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            moved = act(
                name=name,
                actor=request.user,
                expected=request.POST.get("expected") or None,
                **form.inputs(),
            )
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Done: %(state)s.") % {"state": moved.get_state_display()})
            return redirect(moved)
    context = {"obj": obj, "move": move, "form": form, "state": obj.state}
    return render(
        request, "circulars/archive_move.html", context, status=422 if form.errors else 200
    )
