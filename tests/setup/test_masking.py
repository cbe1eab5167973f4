import logging

import pytest

from portal.core.masking import MaskingFormatter, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail to somchai.j@school-1.go.th failed", "mail to <e-mail> failed"),
        ("person 1234567890121 is known", "person <id number> is known"),
        ("person 1-2345-67890-12-1.", "person <id number>."),
        ("Not Found: /v/3q2-8sJk_41mZ0aQx9LrTg/", "Not Found: /v/<token>/"),
        ("/accounts/key?k=3q2a8sJk_41mZ0aQx9LrTg&x=1", "/accounts/key?k=<token>&x=1"),
        ("DETAIL:  Key (email)=(x) already exists.", "DETAIL:  <values>"),
        ("portal.circulars.services.numbers took 12 ms", None),
        ("/desk/circulars/letters-of-the-whole-office/", None),
        ("2026-11-20 14:05:00,123 INFO celery", None),
    ],
)
def test_mask_hides_personal_data_only(text: str, masked: str | None) -> None:
    assert mask(text) == (text if masked is None else masked)


def test_formatter_masks_arguments_and_tracebacks(caplog: pytest.LogCaptureFixture) -> None:
    try:
        int("a@b.go.th")
    except ValueError:
        logging.getLogger("test").exception("mail to %s", "c@d.go.th")
    lines = MaskingFormatter("%(message)s").format(caplog.records[0]).splitlines()
    assert (lines[0], lines[-1]) == (
        "mail to <e-mail>",
        "ValueError: invalid literal for int() with base 10: '<e-mail>'",
    )
