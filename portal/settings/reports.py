"""The daily record of persons."""

from portal.settings.environment import env

# So many days back what was done can still be written down; then the day is closed.
REPORT_EDIT_DAYS = env.int("REPORT_EDIT_DAYS", default=7)
