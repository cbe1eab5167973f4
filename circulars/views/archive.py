"""The register of kept letters, the file plan, and putting letters away."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from circulars.filters_archive import KeptFilter
from circulars.forms.archive import (
    FolderChoiceForm,
    FolderForm,
    HoldForm,
    KeeperLoanForm,
    LoanForm,
    MoveFolderForm,
    PaperForm,
    PlanImportForm,
)
from circulars.models import Folder, KeptLetter
from circulars.permissions_archive import keeps_letter
from circulars.services import archive, archive_import, archive_loans
from circulars.views.archive_forms import posted
from portal.core.errors import InvalidInput
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.org.models import Unit
from portal.org.permissions import unit_ids
from portal.users.requests import SignedInRequest

ROWS = ("folder", "unit")


def register(request: SignedInRequest) -> HttpResponse:
    """ทะเบียนหนังสือเก็บ, the newest first."""
    filters = KeptFilter(
        request.GET, queryset=KeptLetter.objects.visible_to(request.user), request=request
    )
    page = keyset_page(
        filters.qs.select_related(*ROWS), order=filters.order, cursor=request.GET.get("cursor")
    )
    units = archive.kept_units(request.user)
    context = {"page": page, "filter": filters, "kept_units": units}
    return render(request, "circulars/archive.html", context)


def kept(request: SignedInRequest, pk: int) -> HttpResponse:
    """One kept letter: its mark, where it is, who has borrowed it, by what it was destroyed."""
    row = visible_kept(request, pk)
    return _show_kept(request, row)


@require_POST
def kept_change(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Move to another folder, hold back, release."""
    row = visible_kept(request, pk)
    if what == "release":
        archive.release(kept=row, actor=request.user)
        done(request, _("Released for destruction again."))
        return redirect(row)
    moving = what == "move"
    form = MoveFolderForm(request.POST, kept=row) if moving else HoldForm(request.POST)
    if form.is_valid():
        act = archive.move_to if moving else archive.hold
        try:
            act(kept=row, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Saved."))
            return redirect(row)
    return _show_kept(request, row, **{"move_form" if moving else "hold_form": form})


@require_POST
def kept_borrow(request: SignedInRequest, pk: int) -> HttpResponse:
    row = visible_kept(request, pk)
    form = _loan_form(request, row, request.POST)
    if form.is_valid():
        try:
            loan = archive_loans.ask(kept=row, actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Asked. The head decides."))
            return redirect(loan)
    return _show_kept(request, row, loan_form=form)


def to_file(request: SignedInRequest) -> HttpResponse:
    """Finished letters that are not put away; several go into one folder together."""
    sent = request.GET.get("tab") == "sent"
    rows = archive.sent_to_file(request.user) if sent else archive.received_to_file(request.user)
    form = FolderChoiceForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        chosen = request.POST.getlist("letter")
        found = list(rows.filter(pk__in=[pk for pk in chosen if pk.isdecimal()]))
        letters: dict[str, Any] = {"letters": found} if sent else {"deliveries": found}
        try:
            batch = archive.file_letters(actor=request.user, **letters, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            count = batch.letters.count()
            done(
                request,
                ngettext("%(n)s letter is put away.", "%(n)s letters are put away.", count)
                % {"n": count},
            )
            return redirect(f"{request.path}?tab={'sent' if sent else 'received'}")
    order = ("-created_at", "-pk") if sent else ("-delivered_at", "-pk")
    related = ("unit",) if sent else ("letter__unit", "unit", "entry__register")
    page = keyset_page(
        rows.select_related(*related), order=order, cursor=request.GET.get("cursor")
    )
    tabs = [
        {"label": _("Received"), "url": "?tab=received", "active": not sent},
        {"label": _("Sent"), "url": "?tab=sent", "active": sent},
    ]
    context = {"page": page, "sent": sent, "form": form, "tabs": tabs}
    return render(
        request, "circulars/archive_to_file.html", context, status=422 if form.errors else 200
    )


def paper(request: SignedInRequest) -> HttpResponse:
    """Put away a paper letter that the portal does not know."""
    form = PaperForm(
        posted(request), user=request.user, initial={"folder": request.GET.get("folder")}
    )
    if request.method == "POST" and form.is_valid():
        folder = form.cleaned_data["folder"]
        try:
            batch = archive.file_letters(actor=request.user, folder=folder, papers=[form.paper()])
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            row = batch.letters.get()
            done(request, _("Put away as number %(number)s.") % {"number": row.number})
            return redirect(f"{request.path}?folder={folder.pk}")
    return render(
        request, "circulars/archive_paper.html", {"form": form}, status=422 if form.errors else 200
    )


# The file plan.


def plan(request: SignedInRequest) -> HttpResponse:
    """The folders of one unit, as a tree; the first of one's units unless chosen."""
    seen = Folder.objects.visible_to(request.user)
    units = list(archive.kept_units(request.user))
    others = seen.select_related("unit").order_by("unit__position", "unit__sort_key")
    known = {unit.pk: unit for unit in units}
    known |= {folder.unit_id: folder.unit for folder in others.distinct()}
    wanted = request.GET.get("unit", "")
    unit = known.get(int(wanted)) if wanted.isdecimal() else None
    unit = unit or _usual_unit(request, known)
    rows = archive.plan(seen.filter(unit=unit)) if unit else []
    context = {
        "units": known.values(),
        "unit": unit,
        "rows": rows,
        "may_change": unit in units,
    }
    return render(request, "circulars/archive_plan.html", context)


def folder(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a folder."""
    mine = Folder.objects.kept_by(request.user)
    instance = get_object_or_404(mine, pk=pk) if pk else None
    initial = {} if instance else {"unit": request.GET.get("unit")}
    form = FolderForm(posted(request), instance=instance, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = archive.save_folder(
                actor=request.user,
                folder=Folder.objects.get(pk=pk) if pk else None,
                **form.inputs(),
            )
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            done(request, _("Saved: %(folder)s") % {"folder": saved})
            return redirect(_plan_url(saved.unit_id))
    context = {"form": form, "folder": instance}
    return render(
        request, "circulars/archive_folder.html", context, status=422 if form.errors else 200
    )


def plan_import(request: SignedInRequest) -> HttpResponse:
    """Excel in two steps: the rows with their errors first, the folders when confirmed."""
    form = PlanImportForm(posted(request), request.FILES or None, user=request.user)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            rows = archive_import.read_plan(data=form.cleaned_data["file"].read(), unit=unit)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            bad = [row for row in rows if row.error]
            context |= {"rows": rows, "bad": bad, "good": len(rows) - len(bad)}
            if request.POST.get("save"):
                made = archive_import.save_plan(rows=rows, unit=unit, actor=request.user)
                done(request, _("%(n)s folders were made.") % {"n": made})
                if not bad:
                    return redirect(_plan_url(unit.pk))
                context["made"] = made
    return render(
        request, "circulars/archive_import.html", context, status=422 if form.errors else 200
    )


def _usual_unit(request: SignedInRequest, known: dict[int, Unit]) -> Unit | None:
    """One's own unit before those that one keeps besides."""
    own = unit_ids(request.user)
    return min(known.values(), key=lambda unit: unit.pk not in own, default=None)


def visible_kept(request: SignedInRequest, pk: int) -> KeptLetter:
    rows = KeptLetter.objects.visible_to(request.user).select_related(
        "folder", "unit__office", "letter__pdf", "delivery", "storing_list"
    )
    return get_object_or_404(rows, pk=pk)


def _show_kept(request: SignedInRequest, row: KeptLetter, **forms: object) -> HttpResponse:
    keeper = keeps_letter(request.user, row)
    is_here = row.state == "kept"
    context = {
        "kept": row,
        "loans": row.loans.select_related("borrower").order_by("-asked_at")[:20],
        "decision": archive.decision_of(row),
        "lists": row.list_lines.select_related("archive_list").order_by("pk"),
        "is_keeper": keeper,
        "may_hold": archive.may_hold(request.user, row) and row.state != "destroyed",
        "move_form": MoveFolderForm(kept=row) if keeper and is_here else None,
        "hold_form": HoldForm(),
        "loan_form": _loan_form(request, row) if is_here and not row.is_secret else None,
        **forms,
    }
    failed = any(getattr(form, "errors", None) for form in forms.values())
    return render(request, "circulars/archive_kept.html", context, status=422 if failed else 200)


def _loan_form(request: SignedInRequest, row: KeptLetter, data: object = None) -> LoanForm:
    kind = KeeperLoanForm if keeps_letter(request.user, row) else LoanForm
    return kind(data, kept=row, user=request.user)


def _plan_url(unit_id: int) -> str:
    return f"{reverse('circulars:archive_plan')}?unit={unit_id}"
