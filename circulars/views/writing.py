"""Templates and phrases: kept by registry and heads, used by all who write."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from circulars.enums import DRAFTING_ROLES, PhraseUse
from circulars.forms.writing import PhrasesForm, SaveTemplateForm, UseTemplateForm
from circulars.models import LetterTemplate, Phrase
from circulars.services import writing as service
from circulars.views.common import visible_letter
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.notices import done
from portal.org.models import Unit
from portal.org.permissions import unit_ids
from portal.users.requests import SignedInRequest


def template_list(request: SignedInRequest) -> HttpResponse:
    """The templates I may begin a letter from; keepers can delete theirs."""
    units = _writing_units(request)
    offered = _offered(units)
    data = request.POST if request.method == "POST" else None
    form = UseTemplateForm(data, units=units, templates=offered, initial={"unit": units.first()})
    if data is not None and form.is_valid():
        letter = service.draft_from(actor=request.user, **form.cleaned_data)
        return redirect("circulars:edit", letter.pk)
    kept = set(service.kept_units(request.user).values_list("pk", flat=True))
    context = {"form": form, "templates": offered, "kept": kept, "may_write": units.exists()}
    return render(request, "circulars/templates.html", context, status=422 if form.errors else 200)


def template_save(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep this letter as a template."""
    letter = visible_letter(request, pk)
    units = service.kept_units(request.user)
    if not units or letter.is_secret:
        raise NotAllowed(action="letter_template.save", about=letter)
    data = request.POST if request.method == "POST" else None
    initial = {"unit": units.first(), "name": letter.subject[:120]}
    form = SaveTemplateForm(data, units=units, initial=initial)
    if data is not None and form.is_valid():
        saved = service.template_of(letter=letter, actor=request.user, **form.cleaned_data)
        done(request, _("The template “%(name)s” is kept.") % {"name": saved.name})
        return redirect("circulars:templates")
    context = {"form": form, "letter": letter}
    return render(
        request, "circulars/template_save.html", context, status=422 if form.errors else 200
    )


@require_POST
def template_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(_offered(service.kept_units(request.user)), pk=pk)
    service.delete_template(template=template, actor=request.user)
    done(request, _("The template “%(name)s” is gone.") % {"name": template.name})
    return redirect("circulars:templates")


def phrases(request: SignedInRequest) -> HttpResponse:
    """The phrases of the units I keep: one form for each unit and use."""
    units = service.kept_units(request.user)
    if not units:
        raise NotAllowed(action="phrases.change")
    sent = PhrasesForm(request.POST, units=units) if request.method == "POST" else None
    if sent is not None and sent.is_valid():
        try:
            service.set_phrases(
                unit=sent.cleaned_data["unit"], actor=request.user,
                use=PhraseUse(sent.cleaned_data["use"]),
                texts=sent.cleaned_data["texts"].splitlines(),
            )  # fmt: skip
        except InvalidInput as refusal:
            sent.add_refusal(refusal)
        else:
            done(request, _("The phrases are kept."))
            return redirect("circulars:phrases")
    context = {"sections": [_section(unit, use, sent) for unit in units for use in PhraseUse]}
    return render(
        request, "circulars/phrases.html", context, status=422 if sent and sent.errors else 200
    )


def _section(unit: Unit, use: PhraseUse, sent: PhrasesForm | None) -> dict[str, object]:
    """A form with what is kept; the one that was sent keeps what was typed."""
    form = sent
    if sent is None or (sent.data.get("unit"), sent.data.get("use")) != (str(unit.pk), use.value):
        own = Phrase.objects.filter(unit=unit, use=use).values_list("text", flat=True)
        form = PhrasesForm(
            units=Unit.objects.filter(pk=unit.pk),
            initial={"unit": unit, "use": use, "texts": "\n".join(own)},
            auto_id=f"id_{unit.pk}_{use.value}_%s",
        )
    return {"unit": unit, "use": use.label, "form": form}


def _writing_units(request: SignedInRequest) -> "QuerySet[Unit]":
    own = unit_ids(request.user, DRAFTING_ROLES)
    return Unit.objects.visible_to(request.user).open().filter(pk__in=own)


def _offered(units: "QuerySet[Unit]") -> "QuerySet[LetterTemplate]":
    offered = LetterTemplate.objects.none()
    for unit in units:
        offered = offered | service.templates_for(unit)
    return offered.distinct().order_by("name", "pk")
