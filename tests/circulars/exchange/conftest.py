import pytest

from tests.factories import letters as make
from tests.factories.files import pdf_bytes
from tests.factories.letters import make_world
from tests.factories.partners import Pair, admit, key_of


@pytest.fixture
def real_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters have a PDF that the files of a portal accept, not just its first bytes."""
    monkeypatch.setattr(
        make, "some_file", lambda office: make.store_bytes(
            data=pdf_bytes(), name="letter.pdf", content_type="application/pdf", office=office,
            actor=None,
        ),
    )  # fmt: skip


@pytest.fixture
def pair(db: None, settings: object, real_documents: None) -> Pair:
    settings.INSIDE_HOSTS = ["localhost"]
    ours, theirs = make_world(schools=0), make_world(schools=0)
    our_key, their_key = key_of(ours, "MOE04108"), key_of(theirs, "MOE04109")
    return Pair(
        ours=ours,
        theirs=theirs,
        to_them=admit(ours, their_key, "เขตเพื่อนบ้าน", "http://localhost:1"),
        to_us=admit(theirs, our_key, "เขตของเรา", "http://localhost:1"),
        our_key=our_key,
        their_key=their_key,
    )
