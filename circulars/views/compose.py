"""Writing a letter: begin, write (drafts save themselves), choose recipients."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from js_asset.media import Media

from circulars.effects.completeness import Incomplete, missing_parts
from circulars.effects.steps import Stop, can_be_signed, no_signer
from circulars.enums import DRAFTING_ROLES, LetterKind, PhraseUse, StepKind
from circulars.forms.letter import LetterForm, NewLetterForm
from circulars.kinds import kind_of
from circulars.linter import findings
from circulars.models import Letter
from circulars.permissions import is_drafter
from circulars.services import letters
from circulars.services.routes import usual_stops
from circulars.services.writing import phrases_for
from circulars.views.common import to_missing_parts, visible_letter
from circulars.views.moves import PAGES, words_of
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.core.notices import done
from portal.org.enums import Role
from portal.org.models import Unit
from portal.org.permissions import unit_ids
from portal.users.requests import SignedInRequest


def new(request: SignedInRequest) -> HttpResponse:
    """Choose from which unit and what kind; most people have only one unit."""
    units = _drafting_units(request)
    data = request.POST if request.method == "POST" else None
    form = NewLetterForm(data, units=units, initial={"unit": units.first()})
    if data is not None and form.is_valid():
        letter = letters.blank_draft(
            unit=form.cleaned_data["unit"],
            actor=request.user,
            kind=LetterKind(form.cleaned_data["kind"]),
        )
        return redirect("circulars:edit", letter.pk)
    if not units:
        raise NotAllowed(action="letter.draft")
    status = 422 if form.errors else 200
    return render(request, "circulars/new.html", {"form": form}, status=status)


def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form of a draft; ``?check`` shows what submitting found missing."""
    letter = _own_draft(request, pk)
    if request.method == "POST":
        form = LetterForm(request.POST, request.FILES, letter=letter, user=request.user)
        saved = _save_or_keep(request, form) if form.is_valid() else None
        if saved:
            return _after_saving(request, saved)
    else:
        form = LetterForm(letter=letter, user=request.user)
        if "check" in request.GET:
            form.show_missing(missing_parts(letter))
    return render(
        request,
        "circulars/edit.html",
        _edit_context(request, letter, form),
        status=422 if form.errors else 200,
    )


@require_POST
def autosave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep what is typed; answers with the new revision, or what could not be kept."""
    letter = _own_draft(request, pk)
    form = LetterForm(request.POST, letter=letter, user=request.user)
    saved = _save(form) if form.is_valid() else None
    if saved is None:
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    return JsonResponse({"revision": saved.revision, "subject": saved.subject})


@require_POST
def copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write a letter again: a new draft with the same content."""
    draft = letters.copy_to_draft(letter=visible_letter(request, pk), actor=request.user)
    done(request, _("This is a new draft with the same content."))
    return redirect("circulars:edit", draft.pk)


def _save_or_keep(request: SignedInRequest, form: LetterForm) -> Letter | None:
    """Save; a draft changed elsewhere meanwhile comes back with everything that was typed."""
    try:
        return _save(form)
    except StaleAction:
        fresh = _own_draft(request, form.letter.pk)
        form.data = data = request.POST.copy()
        data["revision"] = str(fresh.revision)
        form.add_error(
            None,
            _(
                "The draft was changed in another window meanwhile. What you typed is still "
                "here; saving it now replaces the other text."
            ),
        )
        return None


def _save(form: LetterForm) -> Letter | None:
    """Write all parts in one transaction; what a service refuses stands at its field."""
    letter, actor = form.letter, form.user
    try:
        with transaction.atomic():
            revision = form.cleaned_data["revision"]
            saved = letters.change_draft(
                letter=letter, actor=actor, revision=revision, **form.content()
            )
            saved = letters.set_references(
                letter=saved, actor=actor, revision=saved.revision, references=form.references()
            )
            return letters.set_attachments(
                letter=saved,
                actor=actor,
                revision=saved.revision,
                files=form.attachments(),
            )
    except InvalidInput as error:
        form.add_refusal(error)
        return None


def _after_saving(request: SignedInRequest, letter: Letter) -> HttpResponse:
    """Where the pressed button leads: up the chain, to the recipients, or back to the draft."""
    following = request.POST.get("then", "")
    if following == "submit":
        return _submit(request, letter)
    if following == "recipients":
        return redirect("circulars:recipients", letter.pk)
    done(request, _("The draft is saved."))
    return redirect(letter)


def _submit(request: SignedInRequest, letter: Letter) -> HttpResponse:
    try:
        letter = letters.submit(letter=letter, actor=request.user)
    except Incomplete:
        return to_missing_parts(letter)
    done(request, str(PAGES["submit"].said) % words_of(letter))
    return redirect(letter)


def _own_draft(request: SignedInRequest, pk: int) -> Letter:
    """The letter, for its drafter while it can be written."""
    letter = visible_letter(request, pk)
    if not is_drafter(request.user, letter):
        raise NotAllowed(action="letter.change", about=letter)
    if not letter.is_editable:
        raise StaleAction(
            _("The letter is no longer a draft: %(state)s.")
            % {"state": letter.get_state_display()},
            state=letter.state,
            about=letter,
        )
    return letter


def _edit_context(request: SignedInRequest, letter: Letter, form: LetterForm) -> dict[str, Any]:
    stops = usual_stops(letter)
    return {
        "letter": letter,
        "form": form,
        "findings": findings(letter),
        "phrases": phrases_for(letter.unit, PhraseUse.TEXT),
        "form_media": Media.from_media(form.media, nonce=getattr(request, "csp_nonce", "")),
        "recipient_count": letter.recipients.count(),
        "wants_recipients": "check" in request.GET
        and kind_of(letter).wants_recipients
        and not letter.recipients.exists(),
        "kind": kind_of(letter),
        "recipients": letter.recipients.select_related("unit").order_by("unit__sort_key")[:6],
        "stops": _planned(stops),
        "no_signer": "" if can_be_signed(letter, stops) else no_signer(letter),
        "last_return": letter.steps.filter(state="returned").select_related("decided_by").last(),
    }


def _planned(stops: list[Stop]) -> list[dict[str, str]]:
    """The way the letter will go, for the drafter to see before submitting."""
    units = Unit.objects.in_bulk({stop.unit_id for stop in stops})
    return [
        {
            "kind": str(StepKind(stop.kind).label),
            "role": str(Role(stop.role).label),
            "unit": str(units[stop.unit_id]),
        }
        for stop in stops
    ]


def _drafting_units(request: SignedInRequest) -> "QuerySet[Unit]":
    return (
        Unit.objects.visible_to(request.user)
        .open()
        .filter(pk__in=unit_ids(request.user, DRAFTING_ROLES))
    )
