"""Kept letters and destructions at every stage, made through the services."""

from datetime import date, timedelta

from django.utils import timezone

from circulars.enums_archive import DestructionState, Method, Retention
from circulars.models import Destruction, DestructionLine, Folder, KeptLetter
from circulars.services import archive, archive_destruction
from circulars.services.archive_destruction import Vote
from portal.org.enums import Role, UnitKind
from portal.org.models import Unit
from portal.users.models import User
from tests.factories.letters import World
from tests.factories.people import person

OLD = date(2010, 5, 4)


def central(world: World) -> Unit:
    return Unit.objects.get(office=world.office, kind=UnitKind.OFFICE)


def folder(world: World, unit: Unit | None = None, **fields: object) -> Folder:
    unit = unit or world.group
    number = Folder.objects.filter(unit=unit).count() + 1
    return archive.save_folder(
        actor=world.registry if unit.kind != UnitKind.SCHOOL else world.clerks[0],
        unit=unit,
        **{"code": f"ศธ.{number}", "title": "งานทั่วไป", **fields},  # type: ignore[arg-type]
    )


def paper(
    world: World, count: int = 1, *, finished_on: date = OLD, into: Folder | None = None
) -> list[KeptLetter]:
    """Old letters on paper, whose ten years are over."""
    into = into or folder(world)
    batch = archive.file_letters(
        actor=world.registry if into.unit.kind != UnitKind.SCHOOL else world.clerks[0],
        folder=into,
        papers=[
            archive.PaperLetter(
                subject=f"หนังสือเก่า {number}",
                reference=f"ศธ 04108/{number}",
                dated=finished_on,
                finished_on=finished_on,
            )
            for number in range(1, count + 1)
        ],
    )
    return list(batch.letters.order_by("number"))


def one_year(world: World) -> Folder:
    return folder(world, retention=Retention.ONE, clause="57.5")


def committee(world: World) -> list[User]:
    return [world.group_director, world.officer, person(Role.OFFICER, world.group)]


class Chain:
    """A destruction that can be led to any stage; the committee agrees to everything."""

    def __init__(self, world: World, members: list[User] | None = None) -> None:
        self.world = world
        self.members = members or committee(world)
        self.destruction = archive_destruction.begin(house=central(world), actor=world.registry)

    def do(self, name: str, actor: User, **inputs: object) -> Destruction:
        self.destruction = archive_destruction.move(
            destruction=self.destruction, name=name, actor=actor, **inputs
        )
        return self.destruction

    def vote(self, member: User, destroy: bool = True, reason: str = "") -> None:
        archive_destruction.vote(
            destruction=self.destruction,
            actor=member,
            votes=[Vote(line=line.pk, destroy=destroy, reason=reason) for line in self.lines()],
        )

    def lines(self) -> list[DestructionLine]:
        return list(self.destruction.lines.order_by("position"))

    def to(self, state: DestructionState) -> Destruction:
        """Lead it on to a stage; 61 days pass while the National Archives is silent."""
        while self.destruction.state != state:
            getattr(self, NEXT[DestructionState(self.destruction.state)])()
        return self.destruction

    def propose(self) -> None:
        self.do("propose", self.world.registry)

    def appoint(self) -> None:
        self.do(
            "appoint", self.world.director, chair=self.members[0], members=self.members[1:],
            order_number="12/2569", order_date=timezone.localdate(),
        )  # fmt: skip

    def report(self) -> None:
        for member in self.members:
            self.vote(member)
        self.do("report", self.members[0])

    def approve(self) -> None:
        self.do("approve", self.world.director)

    def send(self) -> None:
        self.do("send", self.world.registry, sent_on=timezone.localdate(), reference="ที่ 1")

    def clear(self) -> None:
        self.wait(61)
        self.do("lapse", self.world.registry)

    def wait(self, days: int) -> None:
        then = timezone.localdate() - timedelta(days=days)
        Destruction.objects.filter(pk=self.destruction.pk).update(sent_on=then)

    def destroy(self) -> None:
        self.do(
            "destroy", self.members[0], method=Method.SHRED, place="ห้องเก็บเอกสาร",
            destroyed_on=timezone.localdate(),
        )  # fmt: skip

    def sign(self) -> None:
        for member in self.members:
            archive_destruction.sign_record(destruction=self.destruction, actor=member)
        self.do("note", self.world.director)


NEXT = {
    DestructionState.SURVEY: "propose",
    DestructionState.PROPOSED: "appoint",
    DestructionState.COMMITTEE: "report",
    DestructionState.REPORTED: "approve",
    DestructionState.APPROVED: "send",
    DestructionState.SENT: "clear",
    DestructionState.CLEARED: "destroy",
    DestructionState.DESTROYED: "sign",
}
