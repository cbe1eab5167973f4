from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.signing import BadSignature
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.audit import service as audit
from portal.core.errors import NotAllowed
from portal.files import service
from portal.files.errors import FileRefused
from portal.files.forms import UploadedItem
from portal.files.models import StoredFile
from portal.files.permissions import is_public, may_read, watermark_for
from portal.files.rules import UploadRules
from portal.files.storage import thumbnail_path
from portal.users.requests import SignedInRequest

_STATUS = {"too_large": 413, "too_many": 429, "disk_full": 507}


@login_not_required
@require_safe
def download(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """``/files/<uid>/``: the file, or a part of it; inside the page with ``?inline=1``."""
    file = StoredFile.objects.select_related("blob").filter(uid=uid).first()
    inline = request.GET.get("inline") == "1"
    if not request.user.is_authenticated:
        if file is None or not is_public(file):
            return redirect_to_login(request.get_full_path())
        return service.file_response(request, file, as_attachment=not inline)
    if file is None or not (may_read(request.user, file) or is_public(file)):
        raise NotAllowed(action="file.read", about=file)
    words = watermark_for(request.user, file)
    response = service.file_response(request, file, as_attachment=not inline, watermark=words)
    if _begins(request, response):
        audit.record(action="file.read", actor=request.user, about=file)
    return response


@require_safe
def thumbnail(request: SignedInRequest, uid: UUID) -> FileResponse:
    """``/files/<uid>/thumbnail/``: a small picture of the first page, for who may read it all."""
    file = get_object_or_404(StoredFile.objects.select_related("blob"), uid=uid)
    path = thumbnail_path(file.blob.sha256)
    if not may_read(request.user, file) or not file.thumbnail_url or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def upload(request: SignedInRequest) -> JsonResponse:
    """``/files/upload/``: takes files that a form will claim, and answers with their rows.

    The field sends its signed rules along. The answer has ``files`` (uid, name and the HTML of
    the list item) and ``errors`` (name and message).
    """
    try:
        rules = UploadRules.loads(request.POST.get("rules", ""))
    except BadSignature:
        return _answer([], [_error("", _("Reload the page and try again."))], status=400)
    uploads = request.FILES.getlist("file")
    if not uploads:
        return _answer([], [_error("", _("No file arrived. Please try again."))], status=400)
    rows, errors, status = [], [], 201
    for sent in uploads:
        try:
            file = service.store_upload(upload=sent, actor=request.user, rules=rules)
        except FileRefused as refusal:
            errors.append(_error(sent.name or "", str(refusal)))
            status = _STATUS.get(refusal.code, 422)
        else:
            rows.append(_row(file, rules))
    return _answer(rows, errors, status=201 if rows else status)


@require_POST
def discard(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """``/files/<uid>/discard/``: drops one's own upload that nothing has taken over."""
    own = StoredFile.objects.unattached_of(request.user).unreferenced()
    get_object_or_404(own, uid=uid).delete()
    return HttpResponse(status=204)


def _begins(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this answer starts a reading; viewers ask for the rest in further ranges."""
    if request.method != "GET" or response.status_code not in (200, 206):
        return False
    return request.headers.get("Range", "bytes=0-").startswith("bytes=0-")


def _row(file: StoredFile, rules: UploadRules) -> dict[str, str]:
    html = render_to_string(
        "files/upload_item.html", {"item": UploadedItem(file=file), "rules": rules}
    )
    return {"uid": str(file.uid), "name": file.name, "html": html}


def _error(name: str, message: str) -> dict[str, str]:
    return {"name": name, "message": message}


def _answer(
    files: list[dict[str, str]], errors: list[dict[str, str]], *, status: int
) -> JsonResponse:
    return JsonResponse({"files": files, "errors": errors}, status=status)
