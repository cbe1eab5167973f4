"""The field for several files: with the script's uploads, and as a plain file input."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from portal.core.forms import PortalForm
from portal.files.enums import DOCUMENTS
from portal.files.forms import UploadedFilesField, UploadedItem
from portal.files.models import StoredFile
from portal.files.rules import UploadRules
from portal.users.models import User
from tests.factories import UserFactory
from tests.factories.files import image_bytes, pdf_bytes, stored_file, upload

PDF = pdf_bytes()


class LetterForm(PortalForm):
    subject = forms.CharField()
    papers = UploadedFilesField(kinds=DOCUMENTS, max_files=3)

    def __init__(
        self, *args: Any, user: User, items: list[UploadedItem] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"].prepare(actor=user, items=items or [])


class OptionalForm(LetterForm):
    papers = UploadedFilesField(required=False)


@pytest.fixture(autouse=True)
def _in_english(settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def loose(office, clerk) -> list[StoredFile]:
    """Three uploads of the clerk that wait for a form."""
    return [
        stored_file(
            office=office, actor=clerk, attached=False, data=bytes([n]), name=f"ไฟล์{n}.txt"
        )
        for n in range(3)
    ]


def data(
    *files: StoredFile, titles: list[str] | None = None, removed: list[StoredFile] | None = None
) -> QueryDict:
    sent = QueryDict(mutable=True)
    sent["subject"] = "x"
    sent.setlist("papers", [str(file.uid) for file in files])
    sent.setlist("papers_title", titles or ["" for _file in files])
    sent.setlist("papers_remove", [str(file.uid) for file in removed or []])
    return sent


def along(*uploads: SimpleUploadedFile) -> MultiValueDict:
    return MultiValueDict({"papers_new": list(uploads)})


def items(form: forms.Form) -> list[tuple[StoredFile, str]]:
    assert form.errors == {}
    return [(item.file, item.title) for item in form.cleaned_data["papers"]]


class Tags(HTMLParser):
    """(tag, attributes) of what was rendered."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def inputs(self, name: str) -> list[str | None]:
        return [
            attrs.get("value")
            for tag, attrs in self.found
            if tag == "input" and attrs.get("name") == name
        ]


def test_field_keeps_the_order_and_the_titles(clerk, loose) -> None:
    one, two, three = loose
    form = LetterForm(data(three, one, two, titles=["ค", " ก ", ""]), user=clerk)

    assert items(form) == [(three, "ค"), (one, "ก"), (two, "")]


def test_field_takes_files_sent_along(clerk, loose, office) -> None:
    form = LetterForm(data(loose[0]), along(upload(PDF, "ก.pdf")), user=clerk)

    [(first, _), (second, title)] = items(form)
    assert (first, second.name, title) == (loose[0], "ก.pdf", "")
    assert (second.is_attached, second.uploaded_by, second.office) == (False, clerk, office)


def test_field_leaves_out_what_is_ticked_for_removal(clerk, loose) -> None:
    form = LetterForm(data(*loose, removed=[loose[1]]), user=clerk)

    assert items(form) == [(loose[0], ""), (loose[2], "")]


def test_field_takes_each_file_once(clerk, loose) -> None:
    assert items(LetterForm(data(loose[0], loose[0]), user=clerk)) == [(loose[0], "")]


def test_field_takes_only_ones_own_uploads_and_what_the_object_holds(clerk, office, loose) -> None:
    foreign = stored_file(office=office, actor=UserFactory(office=office), attached=False)
    attached = stored_file(office=office, actor=clerk)
    held = stored_file(office=office, actor=UserFactory(office=office), name="held.txt")

    form = LetterForm(data(held, loose[0]), user=clerk, items=[UploadedItem(held, "old")])
    assert items(form) == [(held, ""), (loose[0], "")]

    for other in (foreign, attached):
        form = LetterForm(data(loose[0], other), user=clerk, items=[UploadedItem(held)])
        assert form.errors == {"papers": ["A file is no longer there. Please upload it again."]}


def test_field_refuses_keys_that_are_none(clerk, loose) -> None:
    sent = data(loose[0])
    sent.appendlist("papers", "../../etc/passwd")

    assert LetterForm(sent, user=clerk).errors == {
        "papers": ["A file is no longer there. Please upload it again."]
    }


def test_field_refuses_more_than_it_takes(clerk, office, loose) -> None:
    form = LetterForm(data(*loose), along(upload(PDF)), user=clerk)
    assert form.errors == {"papers": ["At most 3 files can be added."]}
    assert StoredFile.objects.count() == 3

    fourth = stored_file(office=office, actor=clerk, attached=False)
    form = LetterForm(data(*loose, fourth), user=clerk)
    assert form.errors == {"papers": ["At most 3 files can be added."]}


def test_field_requires_a_file_unless_optional(clerk) -> None:
    assert LetterForm(data(), user=clerk).errors == {"papers": ["This field is required."]}
    assert items(OptionalForm(data(), user=clerk)) == []


def test_field_tells_of_each_refused_file_and_keeps_the_others(clerk) -> None:
    form = LetterForm(
        data(),
        along(upload(PDF, "a.pdf"), upload(b"", "b.pdf"), upload(image_bytes(), "c.png")),
        user=clerk,
    )

    assert form.errors == {
        "papers": [
            "“b.pdf” is empty.",
            "“c.png” is a file of the kind “PNG picture”, which is not accepted here.",
        ]
    }
    kept = StoredFile.objects.get()
    assert Tags(str(form["papers"])).inputs("papers") == [str(kept.uid)]


def test_field_cuts_a_title_that_is_too_long(clerk, loose) -> None:
    assert items(LetterForm(data(loose[0], titles=["ก" * 300]), user=clerk)) == [
        (loose[0], "ก" * 200)
    ]


def test_field_says_what_changed(clerk, loose) -> None:
    before = [UploadedItem(loose[0], "a"), UploadedItem(loose[1], "b")]

    def changed(sent: QueryDict, files: MultiValueDict | None = None) -> bool:
        form = OptionalForm(sent, files or MultiValueDict(), user=clerk, items=before)
        return "papers" in form.changed_data

    assert changed(data(loose[0], loose[1], titles=["a", "b"])) is False
    assert changed(data(loose[1], loose[0], titles=["b", "a"])) is True
    assert changed(data(loose[0], loose[1], titles=["a", "c"])) is True
    assert changed(data(loose[0], titles=["a"])) is True
    assert changed(data(*loose[:2], titles=["a", "b"]), along(upload(PDF))) is True


def test_field_of_one_form_knows_nothing_of_another(clerk, loose) -> None:
    first = LetterForm(data(), along(upload(PDF)), user=clerk)
    assert first.errors == {}
    second = LetterForm(data(loose[0]), user=clerk)

    assert items(second) == [(loose[0], "")]


def test_field_without_prepare_is_a_fault_of_the_form(loose) -> None:
    class Unprepared(forms.Form):
        papers = UploadedFilesField()

    with pytest.raises(RuntimeError):
        Unprepared(data(loose[0])).is_valid()


def test_field_takes_plain_dictionaries(clerk) -> None:
    assert items(OptionalForm({"subject": "x"}, user=clerk)) == []


# What is drawn


def test_new_form_shows_what_the_object_holds(clerk, loose) -> None:
    form = LetterForm(user=clerk, items=[UploadedItem(loose[1], "เรื่อง"), UploadedItem(loose[0])])

    tags = Tags(str(form["papers"]))
    assert tags.inputs("papers") == [str(loose[1].uid), str(loose[0].uid)]
    assert tags.inputs("papers_title") == ["เรื่อง", ""]
    assert tags.inputs("papers_remove") == [str(loose[1].uid), str(loose[0].uid)]


def test_file_input_works_without_a_script(clerk) -> None:
    tags = Tags(str(LetterForm(user=clerk)["papers"]))

    [chooser] = [attrs for tag, attrs in tags.found if attrs.get("type") == "file"]
    assert (chooser["name"], chooser["id"]) == ("papers_new", "id_papers")
    assert "multiple" in chooser
    assert chooser["accept"] == ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.txt,.csv"
    assert "required" not in chooser
    assert LetterForm(user=clerk).is_multipart() is True


def test_rules_in_the_page_are_those_of_the_field(clerk) -> None:
    tags = Tags(str(LetterForm(user=clerk, prefix="l")["papers"]))

    [root] = [attrs for _tag, attrs in tags.found if "data-upload-rules" in attrs]
    assert UploadRules.loads(root["data-upload-rules"]) == UploadRules(
        field="l-papers", kinds=DOCUMENTS
    )
    assert (root["data-max-files"], root["data-max-bytes"]) == ("3", "50000000")


def test_page_that_comes_back_with_errors_loses_nothing(clerk, loose) -> None:
    sent = data(loose[2], loose[0], titles=["ค", "ก"])
    sent["subject"] = ""
    form = LetterForm(sent, along(upload(PDF, "ใหม่.pdf")), user=clerk)

    assert list(form.errors) == ["subject"]
    new = StoredFile.objects.get(name="ใหม่.pdf")
    tags = Tags(str(form["papers"]))
    assert tags.inputs("papers") == [str(loose[2].uid), str(loose[0].uid), str(new.uid)]
    assert tags.inputs("papers_title") == ["ค", "ก", ""]


def test_field_takes_a_fixed_number_of_queries(clerk, office, django_assert_num_queries) -> None:
    many = [
        stored_file(office=office, actor=clerk, attached=False, data=bytes([n])) for n in range(30)
    ]

    for files in (many[:1], many):
        with django_assert_num_queries(1):
            assert len(items(OptionalForm(data(*files), user=clerk))) == len(files)
        form = OptionalForm(user=clerk, items=[UploadedItem(file) for file in files])
        with django_assert_num_queries(0):
            str(form["papers"])
