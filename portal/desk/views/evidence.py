"""Evidence for the office standard, as a PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.core.errors import InvalidInput, NotAllowed
from portal.desk.forms import EvidenceForm
from portal.desk.pdf import evidence_pdf
from portal.desk.permissions import exports_evidence
from portal.desk.services.evidence import gather
from portal.users.requests import signed_in


@require_http_methods(["GET", "POST"])
def evidence(request: HttpRequest) -> HttpResponse:
    """Pick point and days; the answer is the PDF."""
    user = signed_in(request)
    if not exports_evidence(user):
        raise NotAllowed(action="desk.evidence")
    form = EvidenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = gather(actor=user, **form.cleaned_data)
        except InvalidInput as error:
            form.add_refusal(error)
        else:
            name = f"evidence-{found.number}-{found.start:%Y%m%d}-{found.end:%Y%m%d}.pdf"
            response = HttpResponse(
                evidence_pdf(found, taken_by=user), content_type="application/pdf"
            )
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    status = 422 if form.errors else 200
    return render(request, "desk/report_evidence.html", {"form": form}, status=status)
