"""The back-office shows files to look at; their bytes are not in it."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from portal.files.models import Blob, StoredFile
from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory
from tests.factories.files import stored_file


@pytest.fixture
def request_of():
    def make(user: User | AnonymousUser):
        request = RequestFactory().get("/")
        request.user = user
        return request

    return make


def test_files_of_ones_own_office_are_listed(office, request_of) -> None:
    mine, other = stored_file(office=office), stored_file(office=OfficeFactory())
    files = admin.site.get_model_admin(StoredFile)

    def listed(user: User) -> set[StoredFile]:
        return set(files.get_queryset(request_of(user)))

    assert listed(UserFactory(office=office, is_superuser=True)) == {mine}
    assert listed(UserFactory(office=None, is_superuser=True)) == {mine, other}
    assert files.scan_state(mine) == mine.blob.get_scan_state_display()


def test_contents_are_listed_for_the_whole_installation_only(office, request_of) -> None:
    stored_file(office=office)
    stored_file(office=office)
    contents = admin.site.get_model_admin(Blob)
    everywhere = request_of(UserFactory(office=None, is_superuser=True))

    assert contents.has_view_permission(everywhere) is True
    assert (
        contents.has_view_permission(request_of(UserFactory(office=office, is_superuser=True)))
        is False
    )
    assert [contents.file_count(blob) for blob in contents.get_queryset(everywhere)] == [2]


@pytest.mark.parametrize("model", [StoredFile, Blob])
def test_nothing_is_changed_there(office, request_of, model) -> None:
    page = admin.site.get_model_admin(model)
    request = request_of(UserFactory(office=None, is_superuser=True))

    assert (
        page.has_add_permission(request),
        page.has_change_permission(request),
        page.has_delete_permission(request),
    ) == (False, False, False)
