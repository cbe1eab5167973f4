"""People from a spreadsheet: every row is checked, and all are invited or nobody."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from portal.accounts.models import Invitation
from portal.accounts.resources import (
    COLUMNS,
    MAX_ROWS,
    check_people,
    read_people,
    sample_workbook,
)
from portal.accounts.service import Invitee, invite
from portal.core.errors import InvalidInput
from portal.org.enums import Role
from tests.factories import (
    GroupFactory,
    PositionFactory,
    SchoolFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db

HEAD = "Name prefix,First name,Last name,E-mail,Unit,Role,Position"


def csv_file(*lines: str, head: str = HEAD, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", "\r\n".join([head, *lines]).encode(encoding))


def xlsx_file(*rows: list) -> SimpleUploadedFile:
    book = Workbook()
    for row in [HEAD.split(","), *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("people.xlsx", out.getvalue())


def refusal(upload: SimpleUploadedFile) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_people(upload)
    assert caught.value.field == "file"
    return str(caught.value)


@pytest.fixture
def school(office):
    return SchoolFactory(office=office, name="โรงเรียนบ้านทดสอบ", smis_code="93020001")


def errors(clerk, *lines: str) -> list[list[str]]:
    return [row.errors for row in check_people(clerk, read_people(csv_file(*lines)))]


def test_right_rows_become_people_to_invite(clerk, school, office):
    position = PositionFactory(office=office, title="ครู")
    group = GroupFactory(office=office, name="กลุ่มอำนวยการ")
    rows = check_people(
        clerk,
        read_people(
            csv_file(
                "นางสาว,มาลี,ดีงาม,Malee@example.com,โรงเรียนบ้านทดสอบ,teacher,ครู",
                "นาย,สมชาย,,somchai@example.com,กลุ่มอำนวยการ,Officer,",
            )
        ),
    )
    assert [row.errors for row in rows] == [[], []]
    assert [row.invitee for row in rows] == [
        Invitee(
            email="malee@example.com",
            title="นางสาว",
            first_name="มาลี",
            last_name="ดีงาม",
            unit=school.unit,
            role=Role.TEACHER,
            position=position,
        ),
        Invitee(
            email="somchai@example.com",
            title="นาย",
            first_name="สมชาย",
            last_name="",
            unit=group,
            role=Role.OFFICER,
        ),
    ]
    assert [row.number for row in rows] == [2, 3]


@pytest.mark.parametrize("unit", ["93020001", "โรงเรียนบ้านทดสอบ", "โรงเรียน บ้านทดสอบ"])
def test_unit_is_found_by_code_and_name(clerk, school, unit):
    assert errors(clerk, f",มาลี,,a@example.com,{unit},teacher,") == [[]]


@pytest.mark.parametrize("role", ["teacher", "Teacher", "TEACHER", "school clerk", "School clerk"])
def test_role_is_found_by_code_and_word(clerk, school, role):
    assert errors(clerk, f",มาลี,,a@example.com,93020001,{role},") == [[]]


WRONG_ROWS = [
    (",มาลี,,not-an-address,93020001,teacher,", "This is not an e-mail address."),
    (",มาลี,,,93020001,teacher,", "This is not an e-mail address."),
    (",มาลี,,a@example.com,nowhere,teacher,", "There is no such unit for you to fill."),
    (",มาลี,,a@example.com,,teacher,", "There is no such unit for you to fill."),
    (",มาลี,,a@example.com,93020001,king,", "There is no such role."),
    (
        ",มาลี,,a@example.com,93020001,director,",
        "You may not invite somebody to this role in this unit.",
    ),
    (
        ",มาลี,,a@example.com,93020001,teacher,ราชา",
        "There is no such position in your office.",
    ),
    (",,,a@example.com,93020001,teacher,", "The first name is missing."),
    (f",{'ม' * 101},,a@example.com,93020001,teacher,", "First name: at most 100 letters."),
    (
        ",มาลี,,taken@example.com,93020001,teacher,",
        "This address has an account or an open invitation already.",
    ),
    (
        ",มาลี,,INVITED@example.com,93020001,teacher,",
        "This address has an account or an open invitation already.",
    ),
]


@pytest.mark.parametrize(("line", "message"), WRONG_ROWS)
def test_wrong_row_says_what_is_wrong(clerk, school, line, message):
    UserFactory(email="taken@example.com")
    invite(
        actor=clerk,
        invitee=Invitee(
            email="invited@example.com",
            first_name="ก",
            last_name="",
            unit=school.unit,
            role=Role.TEACHER,
        ),
    )
    assert errors(clerk, line, ",สมศรี,,ok@example.com,93020001,teacher,") == [[message], []]


def test_address_twice_in_the_file_is_wrong_at_both_places(clerk, school):
    line = ",มาลี,,{},93020001,teacher,"
    found = errors(clerk, line.format("a@example.com"), line.format("A@example.com"))
    assert found == [["This address is in the file more than once."]] * 2


def test_all_mistakes_of_a_row_are_told_at_once(clerk, school):
    assert len(errors(clerk, ",,,x,y,z,w")[0]) == 5


def test_unit_of_another_office_does_not_exist(clerk, school):
    SchoolFactory(smis_code="93029999")
    assert errors(clerk, ",มาลี,,a@example.com,93029999,teacher,") == [
        ["There is no such unit for you to fill."]
    ]


def test_name_of_several_units_needs_the_code(clerk, school, office):
    SchoolFactory(office=office, name="โรงเรียนบ้านทดสอบ")
    assert errors(clerk, ",มาลี,,a@example.com,โรงเรียนบ้านทดสอบ,teacher,") == [
        ["Several units have this name; write the school's code."]
    ]


def test_principal_fills_the_own_school_only(office, school):
    SchoolFactory(office=office, smis_code="93020002")
    principal = person(Role.PRINCIPAL, school.unit)
    found = errors(
        principal,
        ",มาลี,,a@example.com,93020001,teacher,",
        ",มาลี,,b@example.com,93020002,teacher,",
        ",มาลี,,c@example.com,93020001,principal,",
    )
    assert found == [
        [],
        ["There is no such unit for you to fill."],
        ["You may not invite somebody to this role in this unit."],
    ]


def test_check_takes_the_same_queries_for_many_rows(clerk, school, django_assert_num_queries):
    lines = [f",มาลี,,a{n}@example.com,93020001,teacher," for n in range(40)]
    few, many = (read_people(csv_file(*some)) for some in (lines[:1], lines))
    check_people(clerk, few)
    for rows in (few, many):
        with django_assert_num_queries(3):
            check_people(clerk, rows)


def test_xlsx_with_a_code_taken_for_a_number(clerk, school):
    rows = read_people(xlsx_file(["", "มาลี", "", "a@example.com", 93020001.0, "teacher", None]))
    assert rows[0]["unit"] == "93020001"
    assert check_people(clerk, rows)[0].errors == []


def test_blank_lines_are_passed_over():
    rows = read_people(csv_file(",,,,,,", ",มาลี,,a@example.com,x,teacher,", ""))
    assert [row["number"] for row in rows] == ["3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_csv_of_thai_excel_is_read(encoding):
    rows = read_people(csv_file(",มาลี,,a@example.com,x,teacher,", encoding=encoding))
    assert rows[0]["first_name"] == "มาลี"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_found(delimiter):
    line = ",มาลี,,a@example.com,x,teacher,".replace(",", delimiter)
    rows = read_people(csv_file(line, head=HEAD.replace(",", delimiter)))
    assert rows[0]["email"] == "a@example.com"


def test_headings_by_code_in_any_order_with_strangers_between():
    rows = read_people(
        csv_file("teacher,?,x,มาลี,a@example.com", head="role,mood,UNIT,first_name,email")
    )
    assert rows == [
        {
            "role": "teacher",
            "unit": "x",
            "first_name": "มาลี",
            "email": "a@example.com",
            "number": "2",
        }
    ]


@pytest.mark.parametrize("language", ["th", "en"])
def test_headings_and_roles_are_read_in_every_language(clerk, school, language):
    with override(language):
        words = {name: str(label) for name, label in COLUMNS.items()}
        role = str(Role.TEACHER.label)
    head = ",".join(words[name] for name in ("first_name", "email", "unit", "role"))
    rows = read_people(csv_file(f"มาลี,a@example.com,93020001,{role}", head=head))
    assert check_people(clerk, rows)[0].errors == []


def zip_of(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x" * (2 * 1024 * 1024 + 1), "The file is larger than 2 MB."),
        (zip_of("bomb.xml", b"0" * (41 * 1024 * 1024)), "The file is larger than 2 MB."),
        (zip_of("a.txt", b"no workbook"), "This file cannot be read."),
        (b"PK\x03\x04cut off", "This file cannot be read."),
        (b"GIF89a\x01\x00\x01\x00", "This file is neither xlsx nor csv."),
        (b"\xff\xdb\xfc\xfd", "This file cannot be read."),
        (b'"' + b"x" * 200_000, "This file cannot be read."),
        (b"", "The first line lacks these headings: First name, E-mail, Unit, Role"),
        (b"a,b\n1,2\n", "The first line lacks these headings: First name, E-mail, Unit, Role"),
        (HEAD.encode(), "The file has no people in it."),
    ],
    ids=["large", "bomb", "zip", "cut", "picture", "bytes", "quote", "empty", "heads", "nobody"],
)
def test_file_that_cannot_be_used_is_refused(data, message):
    assert refusal(SimpleUploadedFile("people.csv", data)) == message


def test_at_most_five_hundred_people():
    lines = [f",มาลี,,a{n}@example.com,x,teacher," for n in range(MAX_ROWS + 1)]
    assert refusal(csv_file(*lines)) == "At most 500 people at once."
    assert len(read_people(csv_file(*lines[:-1]))) == MAX_ROWS


def test_sample_can_be_read_back():
    book = load_workbook(io.BytesIO(sample_workbook()))
    assert [[cell.value for cell in row] for row in book.active] == [HEAD.split(",")]


def upload(client, *lines: str):
    return client.post(reverse("accounts:import_people"), {"file": csv_file(*lines)})


CHECK = "/accounts/invitations/file/check/"


def test_pages_invite_everybody_of_a_right_file(client, clerk, school, outbox):
    client.force_login(clerk)
    lines = [f",มาลี,,a{n}@example.com,93020001,teacher," for n in range(3)]
    assert upload(client, *lines)["Location"] == CHECK
    assert client.get(CHECK).context["right"] == 3
    assert client.post(CHECK)["Location"] == reverse("accounts:invitations")
    assert sorted(m.to[0] for m in outbox()) == [f"a{n}@example.com" for n in range(3)]
    assert client.get(CHECK).status_code == 404


def test_pages_invite_nobody_while_a_row_is_wrong(client, clerk, school):
    client.force_login(clerk)
    upload(client, ",มาลี,,a@example.com,93020001,teacher,", ",สมศรี,,x,93020001,teacher,")
    page = client.get(CHECK)
    assert [row.number for row in page.context["wrong"]] == [3]
    assert client.post(CHECK).status_code == 200
    assert Invitation.objects.count() == 0


def test_rows_are_checked_again_when_the_button_is_pressed(client, clerk, school):
    client.force_login(clerk)
    upload(
        client, ",มาลี,,a@example.com,93020001,teacher,", ",สมศรี,,b@example.com,93020001,teacher,"
    )
    UserFactory(email="b@example.com")
    assert len(client.post(CHECK).context["wrong"]) == 1
    assert Invitation.objects.count() == 0


def test_rejects_can_be_downloaded_and_hold_no_formulas(client, clerk, school):
    client.force_login(clerk)
    upload(client, ",=1+1,,x,93020001,teacher,", ",สมศรี,,b@example.com,93020001,teacher,")
    response = client.get(reverse("accounts:rejected_people"))
    assert response["Content-Disposition"] == 'attachment; filename="people-to-mend.xlsx"'
    sheet = load_workbook(io.BytesIO(response.content)).active
    lines = [[cell.value for cell in row] for row in sheet]
    assert [lines[0][-1], lines[1][1], lines[1][-1], len(lines)] == [
        "To be mended",
        "=1+1",
        "This is not an e-mail address.",
        2,
    ]
    assert sheet["B2"].data_type == "s"


def test_unusable_file_is_told_beside_the_field(client, clerk):
    client.force_login(clerk)
    response = client.post(
        reverse("accounts:import_people"), {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2")}
    )
    assert response.context["form"].errors == {
        "file": ["The first line lacks these headings: First name, E-mail, Unit, Role"]
    }
    assert client.get(CHECK).status_code == 404


@pytest.mark.parametrize(
    "name", ["import_people", "checked_people", "rejected_people", "sample_file"]
)
def test_pages_are_not_there_for_who_may_not_invite(client, name):
    client.force_login(person(Role.TEACHER))
    assert client.get(reverse(f"accounts:{name}")).status_code == 404


def test_sample_is_offered(client, clerk):
    client.force_login(clerk)
    response = client.get(reverse("accounts:sample_file"))
    assert response["Content-Disposition"] == 'attachment; filename="people.xlsx"'
