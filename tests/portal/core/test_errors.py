import pytest
from django.utils.translation import gettext_lazy, override

from portal.core.errors import InvalidInput, NotAllowed, NotReady, PortalError, StaleAction
from tests.apps.sample.models import Paper


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (PortalError, "error", 400),
        (StaleAction, "stale", 409),
        (NotAllowed, "not_allowed", 404),
        (InvalidInput, "invalid", 400),
        (NotReady, "not_ready", 409),
    ],
)
def test_error_has_a_code_a_status_and_words(
    error: type[PortalError], code: str, status: int
) -> None:
    raised = error()

    assert (raised.code, raised.status) == (code, status)
    assert str(raised) == str(error.default_message)
    assert isinstance(raised, PortalError)


def test_error_says_what_it_was_given() -> None:
    assert str(PortalError("The letter is gone.")) == "The letter is gone."


def test_error_of_its_own_code() -> None:
    assert PortalError("x", code="files.too_big").code == "files.too_big"
    assert PortalError.code == "error"


def test_error_speaks_the_language_of_its_reader() -> None:
    error = PortalError(gettext_lazy("Yes"))

    with override("en"):
        assert str(error) == "Yes"
    with override("de"):
        assert str(error) == "Ja"


def test_stale_action_knows_the_state_and_the_object() -> None:
    paper = Paper(pk=3)
    error = StaleAction("x", state="signed", about=paper)

    assert (error.state, error.about) == ("signed", paper)


def test_invalid_input_knows_its_field() -> None:
    assert InvalidInput("x", field="subject").field == "subject"
    assert InvalidInput("x").field is None


def test_refusal_knows_what_was_tried_and_is_not_recorded_yet() -> None:
    error = NotAllowed(action="letter.sign")

    assert (error.action, error.recorded) == ("letter.sign", None)
