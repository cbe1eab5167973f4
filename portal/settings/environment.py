"""Where the settings read what differs from one installation to the next."""

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
NODE_MODULES = BASE_DIR / "node_modules"

env = environ.Env()

# What stands in the environment wins over the file; tests do not depend on anybody's file.
if os.environ.get("DJANGO_SETTINGS_MODULE") != "portal.settings.test":
    env.read_env(BASE_DIR / ".env")

# Everything that the portal writes, besides what MEDIA_ROOT and the database servers hold.
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
