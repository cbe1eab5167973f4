"""``make bench``: measures, prints the table, writes var/bench.json; 1 when a reach is missed.

SCALE=full takes the large sizes; arguments name single benchmarks.
"""

import os
import sys
from argparse import ArgumentParser

import django

from benchmarks.scales import SCALES


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    scale = os.environ.get("SCALE") or "quick"
    parser.add_argument("--scale", choices=SCALES, default=scale)
    parser.add_argument(
        "names", nargs="*", help="dispatch, inbox, numbers, search, mails, letters, registers"
    )
    parser.add_argument("--keep", action="store_true", help="measure the data of the last run")
    chosen = parser.parse_args()
    if chosen.scale not in SCALES:
        parser.error(f"SCALE is one of {', '.join(SCALES)}, not {chosen.scale}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    from benchmarks.run import run  # needs the settings

    return run(SCALES[chosen.scale], chosen.names, keep=chosen.keep)


if __name__ == "__main__":
    sys.exit(main())
