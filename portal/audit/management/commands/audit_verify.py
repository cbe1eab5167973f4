from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portal.audit import service


class Command(BaseCommand):
    help = "Check the chain of the audit; ends with 1 and names the first row that is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect",
            default="",
            metavar="HASH",
            help="A head printed by an earlier run; it must still be in the chain.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = service.verify(expected=options["expect"])
        self.stdout.write(
            _("%(checked)d sealed rows hold, %(unsealed)d are not sealed yet.")
            % {"checked": report.checked, "unsealed": report.unsealed}
        )
        if report.broken_id is not None:
            reason = _("Row %(row)d: %(reason)s") % {
                "row": report.broken_id,
                "reason": report.reason,
            }
            raise CommandError(reason)
        if not report.holds:
            raise CommandError(report.reason)
        self.stdout.write(_("Head of the chain: %(head)s") % {"head": report.head})
