"""Two portals on one machine, each with its own database, exchange a letter over HTTPS."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from psycopg2 import sql

from tests.plugins.smtp import free_port
from tests.servers.certificates import Pair, certificate

pytestmark = pytest.mark.slow

START = """
import json, os, sys
import django
django.setup()
from django.utils import timezone
from circulars import tasks_mail
from circulars.models import *
from circulars.services import deliveries, exchange, outside
from portal.org.models import Unit
from portal.users.models import User
from tests.factories import letters as make
from tests.factories.files import pdf_bytes
from tests.factories.letters import make_world
office = Unit.objects.filter(kind="office").first()
office = office and office.office
clerk = office and User.objects.get(memberships__role="registry", office=office)
given = json.loads(sys.argv[1])
"""

FOUND = """
world = make_world(schools=0)
world.office.roman_code = given["code"]
world.office.save()
key = exchange.ensure_key(office=world.office, actor=world.registry)
say = {"code": key.code, "public_key": key.public_key}
"""

ADMIT = """
unit = outside.agency(office=office, name=given["name"], actor=clerk)
exchange.admit_partner(office=office, actor=clerk, unit=unit, code=given["code"],
                       url=given["url"], public_key=given["public_key"])
say = {}
"""

SEND = """
from portal.org.enums import Role
from tests.factories.letters import World
def one(role):
    return User.objects.get(memberships__role=role, office=office)
world = World(office=office, group=Unit.objects.get(kind="group"), officer=one("officer"),
              group_director=one("group_director"), group_registry=one("group_registry"),
              deputy=one("deputy"), director=one("director"), registry=clerk)
make.some_file = lambda office: make.store_bytes(
    data=pdf_bytes(pages=2), name="letter.pdf", content_type="application/pdf", office=office,
    actor=None)
letter = make.dispatched(world, to=[Unit.objects.outside().get()], kind="letter")
tasks_mail.send_outbound()
sent = Outbound.objects.get()
say = {"number": letter.number_text, "sha256": letter.pdf.blob.sha256, "state": sent.state,
       "reason": sent.reason, "delivery": letter.deliveries.get().state}
"""

INBOX = """
delivery = Delivery.objects.visible_to(clerk).get()
letter = delivery.letter
say = {"number": letter.number_text, "sha256": letter.pdf.blob.sha256, "state": delivery.state,
       "sender": str(letter.unit), "channel": letter.channel, "body": letter.body}
"""

REGISTER = """
delivery = Delivery.objects.visible_to(clerk).get()
deliveries.open_delivery(delivery=delivery, actor=clerk)
tasks_mail.sweep_outbound()
say = {"opened": Outbound.objects.latest("pk").state}
deliveries.register(delivery=delivery, actor=clerk)
tasks_mail.sweep_outbound()
say["registered"] = Outbound.objects.latest("pk").state
deliveries.acknowledge(delivery=Delivery.objects.get(pk=delivery.pk), actor=clerk)
tasks_mail.sweep_outbound()
say["number"] = str(Delivery.objects.get(pk=delivery.pk).entry)
"""

BOARD = """
delivery = Delivery.objects.get()
say = {"state": delivery.state, "number": delivery.remote_number,
       "opened": bool(delivery.opened_at), "acknowledged": bool(delivery.acknowledged_at)}
"""


@dataclass
class Instance:
    """A portal of its own: database, files, web server with TLS."""

    name: str
    folder: Path
    tls: Pair
    port: int = field(default_factory=free_port)
    server: "subprocess.Popen[bytes] | None" = None

    @property
    def database(self) -> str:
        return f"{settings.DATABASES['default']['TEST']['NAME']}_{self.name}_{os.getpid()}"

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def environment(self) -> dict[str, str]:
        parts = urlsplit(os.environ["DATABASE_URL"])
        return {
            **os.environ,
            "DATABASE_URL": urlunsplit(parts._replace(path=f"/{self.database}")),
            "DJANGO_SETTINGS_MODULE": "portal.settings.test",
            "VAR_DIR": str(self.folder),
            "SITE_URL": self.url,
            "INSIDE_HOSTS": "localhost",
            "EXCHANGE_CA_FILE": str(self.tls.certificate),
            "CELERY_BROKER_URL": "memory://",
        }

    def run(self, program: str, **given: str) -> dict[str, Any]:
        """Do something in this portal; what the program puts into ``say``."""
        done = subprocess.run(
            [sys.executable, "-c", f"{START}{program}\nprint(json.dumps(say))", json.dumps(given)],
            cwd=settings.BASE_DIR, env=self.environment(), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def serve(self) -> None:
        log = self.folder / "server.log"
        with log.open("wb") as out:
            self.server = subprocess.Popen(
                [
                    sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
                    "--port", str(self.port), "--ssl-certificate", str(self.tls.certificate),
                    "--ssl-keyfile", str(self.tls.key), "portal.wsgi:application",
                ],
                cwd=settings.BASE_DIR, env=self.environment(), stdout=out,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        end = time.monotonic() + 60
        while b"Started worker-1" not in log.read_bytes():
            assert self.server.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(20)


def ask_server(statement: sql.Composable) -> None:
    parts = urlsplit(os.environ["DATABASE_URL"])
    connection = psycopg2.connect(urlunsplit(parts._replace(path="/postgres")))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@pytest.fixture
def instances(transactional_db: None, tmp_path: Path) -> Iterator[tuple[Instance, Instance]]:
    """Both begin as copies of the tests' own empty database."""
    empty = sql.Identifier(str(connection.settings_dict["NAME"]))
    connection.close()
    tls = certificate(tmp_path, "localhost")
    made = [Instance(name, tmp_path / name, tls) for name in ("first", "second")]
    try:
        for instance in made:
            instance.folder.mkdir()
            name = sql.Identifier(instance.database)
            ask_server(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, empty))
        for instance in made:
            instance.serve()
        yield made[0], made[1]
    finally:
        for instance in made:
            instance.stop()
            name = sql.Identifier(instance.database)
            ask_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def test_letter_goes_over_and_its_receipts_come_back(
    instances: tuple[Instance, Instance],
) -> None:
    ours, theirs = instances
    our_key = ours.run(FOUND, code="MOE04108")
    their_key = theirs.run(FOUND, code="MOE04109")
    ours.run(ADMIT, name="เขตเพื่อนบ้าน", url=theirs.url, **their_key)
    theirs.run(ADMIT, name="เขตของเรา", url=ours.url, **our_key)

    sent = ours.run(SEND)
    assert (sent["state"], sent["reason"], sent["delivery"]) == ("sent", "", "delivered")

    arrived = theirs.run(INBOX)
    assert (arrived["number"], arrived["sha256"]) == (sent["number"], sent["sha256"])
    assert (arrived["state"], arrived["sender"], arrived["channel"]) == (
        "delivered", "เขตของเรา", "exchange",
    )  # fmt: skip

    registered = theirs.run(REGISTER)
    assert (registered["opened"], registered["registered"]) == ("sent", "sent")
    assert ours.run(BOARD) == {
        "state": "acknowledged", "number": registered["number"], "opened": True,
        "acknowledged": True,
    }  # fmt: skip
