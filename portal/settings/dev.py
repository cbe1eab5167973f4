"""For trying out on one machine: embedded servers, demo data, mail into a folder."""

from portal.settings.base import *  # noqa: F403  (a settings module extends the base)
from portal.settings.base import env

DEBUG = env.bool("DEBUG", default=True)
