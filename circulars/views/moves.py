"""The moves of a letter: one page each, built from the form the move needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from circulars.effects.completeness import Incomplete
from circulars.enums import PhraseUse
from circulars.forms import moves as forms
from circulars.linter import findings
from circulars.models import Letter
from circulars.services import letters
from circulars.services.routes import waits_at
from circulars.services.writing import phrases_for
from circulars.views.common import to_missing_parts, visible_letter
from circulars.workflow import LETTER
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.notices import done
from portal.users.requests import SignedInRequest
from portal.workflow.service import Move, available


@dataclass(frozen=True)
class Page:
    """A move's form, the service it calls, and what is said afterwards."""

    form: type[forms.MoveForm]
    service: Callable[..., Letter]
    said: Any


PAGES = {
    "submit": Page(
        forms.PlainForm, letters.submit, _("Submitted. The letter is now with %(holder)s.")
    ),
    "pull_back": Page(forms.PlainForm, letters.pull_back, _("The letter is a draft again.")),
    "endorse": Page(
        forms.DecideForm, letters.endorse, _("Endorsed. The letter is now with %(holder)s.")
    ),
    "give_opinion": Page(
        forms.OpinionForm,
        letters.give_opinion,
        _("Your opinion is given. The letter is now with %(holder)s."),
    ),
    "sign": Page(forms.SignForm, letters.sign, _("Signed. The number is %(number)s.")),
    "send_back": Page(forms.SendBackForm, letters.send_back, _("Returned to %(drafter)s.")),
    "consult": Page(
        forms.ConsultForm, letters.consult, _("Asked: %(holder)s. The letter comes back to you.")
    ),
    "take_back_question": Page(
        forms.PlainForm, letters.take_back_question, _("The question is taken back.")
    ),
    "reassign": Page(forms.AssignForm, letters.reassign, _("The step has a holder again.")),
    "retry_pdf": Page(forms.PlainForm, letters.retry_pdf, _("The document is being made again.")),
    "dispatch": Page(forms.PlainForm, letters.dispatch, _("Sent: %(number)s.")),
    "void": Page(forms.VoidForm, letters.void, _("%(number)s is void.")),
    "discard": Page(forms.PlainForm, letters.discard, _("The draft is put away.")),
}


def letter_move(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """GET shows what the move asks; POST does it and leads back to the letter."""
    letter = visible_letter(request, pk)
    move = _offered(letter, request, name)
    if request.GET.get("revision", str(letter.revision)) != str(letter.revision):
        raise StaleAction(
            _("The letter was changed after you opened it. Please read it again."), about=letter
        )
    page = PAGES[move.name]
    data = request.POST if request.method == "POST" else None
    form = page.form(data, letter=letter, user=request.user)
    if data is not None and form.is_valid():
        try:
            letter = page.service(letter=letter, actor=request.user, **form.inputs())
        except InvalidInput as error:
            if isinstance(error, Incomplete):
                return to_missing_parts(letter)
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            done(request, str(page.said) % words_of(letter))
            return redirect(letter)
    context = {"letter": letter, "move": move, "form": form}
    if move.name in ("endorse", "sign"):
        context["findings"] = findings(letter)
    if "remark" in form.fields:
        context["phrases"] = phrases_for(letter.unit, PhraseUse.REMARK)
    return render(
        request, "circulars/letter_move.html", context, status=422 if form.errors else 200
    )


def _offered(letter: Letter, request: SignedInRequest, name: str) -> Move:
    """The move, if this person may make it now.

    Raises ``StaleAction`` when the letter has moved on, ``NotAllowed`` for anybody else.
    """
    for move in available(LETTER, letter, request.user):
        if move.name == name:
            return move
    if name in PAGES and letter.state not in LETTER.move(name).source:
        raise StaleAction(
            _("Someone was faster: this is now “%(state)s”.")
            % {"state": letter.get_state_display()},
            state=letter.state,
            about=letter,
        )
    raise NotAllowed(action=f"circulars.letter.{name}", about=letter)


def words_of(letter: Letter) -> dict[str, object]:
    """What the sentences after a move may name."""
    return {
        "number": letter.number_text,
        "drafter": letter.drafter,
        "holder": waits_at(letter),
    }
