"""What a letter needs before it can go up the chain."""

from collections.abc import Mapping

from circulars.effects.outbound import goes_out_in_secret, secrecy_refusal
from circulars.linter import errors
from circulars.models import Letter
from portal.core.errors import InvalidInput


class Incomplete(InvalidInput):
    """Several things are missing or wrong: ``missing`` says for each part what to tell of it."""

    def __init__(self, missing: Mapping[str, str]) -> None:
        super().__init__(" ".join(missing.values()), field=next(iter(missing)))
        self.missing = missing


def missing_parts(letter: Letter) -> dict[str, str]:
    """For each part with an error of the linter, by its name, the sentences that say so."""
    missing: dict[str, str] = {}
    for finding in errors(letter):
        said = missing.get(finding.part)
        missing[finding.part] = f"{said} {finding.message}" if said else finding.message
    if goes_out_in_secret(letter):
        missing["recipients"] = secrecy_refusal()
    return missing


def check_complete(letter: Letter) -> None:
    """Raise ``Incomplete`` unless everything is there."""
    if missing := missing_parts(letter):
        raise Incomplete(missing)
