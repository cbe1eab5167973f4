"""Two offices that exchange letters."""

from dataclasses import dataclass

from circulars.enums import LetterKind
from circulars.mail.secrets import unseal
from circulars.models import ExchangeKey, ExchangePartner, Letter, Outbound
from circulars.services import exchange, outside
from tests.factories import letters as make
from tests.factories.letters import World


@dataclass
class Pair:
    """Two offices that know each other, here in one database."""

    ours: World
    theirs: World
    to_them: ExchangePartner
    to_us: ExchangePartner
    our_key: ExchangeKey
    their_key: ExchangeKey

    def letter(self, **fields: object) -> Letter:
        """A letter of ours to them, in the outbox."""
        return make.dispatched(self.ours, to=[self.to_them.unit], kind=LetterKind.LETTER, **fields)

    def outbound(self) -> Outbound:
        self.letter()
        return Outbound.objects.get()

    @property
    def private_key(self) -> str:
        return unseal(self.our_key.secret)


def admit(world: World, key: ExchangeKey, name: str, url: str) -> ExchangePartner:
    agency = outside.agency(office=world.office, name=name, actor=world.registry)
    return exchange.admit_partner(
        office=world.office, actor=world.registry, unit=agency, code=key.code, url=url,
        public_key=key.public_key,
    )  # fmt: skip


def key_of(world: World, code: str) -> ExchangeKey:
    world.office.roman_code = code
    world.office.save()
    return exchange.ensure_key(office=world.office, actor=world.registry)
