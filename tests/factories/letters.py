"""Letters at every stage of their way, made through the services that people use."""

from dataclasses import dataclass, field

from circulars.enums import LetterKind
from circulars.models import Delivery, Letter
from circulars.services import letters, recipients
from portal.files.models import StoredFile
from portal.files.service import store_bytes
from portal.org.enums import Role
from portal.org.models import Membership, Office, Unit
from portal.users.models import User
from tests.factories.org import GroupFactory, OfficeFactory, SchoolFactory
from tests.factories.people import person

CONTENT = {
    "subject": "การประชุมผู้บริหารสถานศึกษา",
    "salutation": "เรียน",
    "addressee": "ผู้อำนวยการโรงเรียนทุกโรงเรียน",
    "body": "<p>ด้วยสำนักงานเขตพื้นที่การศึกษากำหนดประชุมผู้บริหารสถานศึกษา</p>",
    "closing": "ขอแสดงความนับถือ",
    "send_when_signed": False,
}


@dataclass
class World:
    """An office with one group, its people, and some schools with principal and clerk."""

    office: Office
    group: Unit
    officer: User
    group_director: User
    group_registry: User
    deputy: User
    director: User
    registry: User
    schools: list[Unit] = field(default_factory=list)
    principals: list[User] = field(default_factory=list)
    clerks: list[User] = field(default_factory=list)

    def membership(self, user: User) -> Membership:
        return user.memberships.get()


def make_world(schools: int = 3) -> World:
    office = OfficeFactory(letter_code="ศธ 04108", roman_code="MOE04108")
    group = GroupFactory(office=office)
    world = World(
        office=office,
        group=group,
        officer=person(Role.OFFICER, group),
        group_director=person(Role.GROUP_DIRECTOR, group),
        group_registry=person(Role.GROUP_REGISTRY, group),
        deputy=person(Role.DEPUTY, office=office),
        director=person(Role.DIRECTOR, office=office, position="ผู้อำนวยการสำนักงาน"),
        registry=person(Role.REGISTRY, office=office),
    )
    for _number in range(schools):
        unit = SchoolFactory(office=office).unit
        world.schools.append(unit)
        world.principals.append(person(Role.PRINCIPAL, unit))
        world.clerks.append(person(Role.SCHOOL_CLERK, unit))
    return world


def draft(world: World, *, to: list[Unit] | None = None, **fields: object) -> Letter:
    """A complete draft of the officer, to all schools unless given."""
    letter = letters.create_draft(unit=world.group, actor=world.officer, **{**CONTENT, **fields})
    units = world.schools if to is None else to
    return recipients.set_recipients(
        letter=letter, actor=world.officer, units=[unit.pk for unit in units]
    )


def submitted(world: World, **fields: object) -> Letter:
    return letters.submit(letter=draft(world, **fields), actor=world.officer)


def for_signature(world: World, **fields: object) -> Letter:
    """Endorsed by group director and deputy; it waits for the director."""
    letter = submitted(world, **fields)
    for actor in (world.group_director, world.deputy):
        letter = letters.endorse(letter=letter, actor=actor, revision=letter.revision)
    return letter


def signed(world: World, **fields: object) -> Letter:
    """Signed and numbered; the PDF is still to be made."""
    letter = for_signature(world, **fields)
    return letters.sign(letter=letter, actor=world.director, revision=letter.revision)


def ready(world: World, **fields: object) -> Letter:
    """Signed, with a document (a stand-in, not rendered)."""
    return letters.attach_pdf(letter=signed(world, **fields), pdf=some_file(world.office))


def dispatched(world: World, **fields: object) -> Letter:
    return letters.dispatch(letter=ready(world, **fields), actor=world.registry)


def delivery(letter: Letter, unit: Unit) -> Delivery:
    return Delivery.objects.select_related("letter__unit__office", "unit__office").get(
        letter=letter, unit=unit
    )


def school_letter(world: World, *, to: list[Unit], **fields: object) -> Letter:
    """A complete draft of the first school's clerk."""
    letter = letters.create_draft(
        unit=world.schools[0],
        actor=world.clerks[0],
        kind=LetterKind.LETTER,
        **{**CONTENT, **fields},
    )
    return recipients.set_recipients(
        letter=letter, actor=world.clerks[0], units=[unit.pk for unit in to]
    )


def some_file(office: Office, name: str = "letter.pdf", data: bytes = b"%PDF-1.7\n") -> StoredFile:
    return store_bytes(
        data=data, name=name, content_type="application/pdf", office=office, actor=None
    )
