from typing import cast

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core.admin import LookOnlyAdmin
from portal.files.models import Blob, StoredFile
from portal.users.models import User


@admin.register(StoredFile)
class StoredFileAdmin(LookOnlyAdmin):
    """Names and states; the bytes are only given out by the page of the file's owner."""

    list_display = ["name", "office", "uploaded_by", "uploaded_at", "scan_state", "is_attached"]
    list_select_related = ["blob", "office", "uploaded_by"]
    list_filter = ["blob__scan_state", "is_attached", "office"]
    search_fields = ["name", "uid", "blob__sha256"]
    date_hierarchy = "uploaded_at"
    fields = ["uid", "name", "office", "blob", "uploaded_by", "uploaded_at", "is_attached"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StoredFile]:
        files = super().get_queryset(request)
        office_id = cast(User, request.user).office_id
        return files if office_id is None else files.filter(office_id=office_id)

    @admin.display(description=_("virus scan"))
    def scan_state(self, file: StoredFile) -> str:
        return file.blob.get_scan_state_display()


@admin.register(Blob)
class BlobAdmin(LookOnlyAdmin):
    """Contents are shared by all offices; only who looks after all of them sees the list."""

    list_display = ["sha256", "size", "content_type", "scan_state", "scan_note", "file_count"]
    list_filter = ["scan_state", "content_type"]
    search_fields = ["sha256"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Blob]:
        return super().get_queryset(request).annotate(files_here=Count("files"))

    def has_view_permission(self, request: HttpRequest, obj: Blob | None = None) -> bool:
        is_of_an_office = cast(User, request.user).office_id is not None
        return not is_of_an_office and super().has_view_permission(request, obj)

    @admin.display(description=_("files"))
    def file_count(self, blob: Blob) -> int:
        return getattr(blob, "files_here", 0)
