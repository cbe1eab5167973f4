import datetime
from decimal import Decimal

import pytest
from django.template import Context, Template

DAY = datetime.date(2026, 11, 20)
# 17:30 UTC is half past midnight of the next day in Bangkok.
LATE = datetime.datetime(2026, 11, 19, 17, 30, tzinfo=datetime.UTC)


def show(value: object, name: str) -> str:
    return Template(f"{{% load thai %}}{{{{ value|{name} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("thai_date", DAY, "20 พ.ย. 2569"),
        ("thai_date", LATE, "20 พ.ย. 2569"),
        ("thai_date", datetime.datetime(2026, 11, 20, 9, 0), "20 พ.ย. 2569"),
        ("thai_date_long", DAY, "20 พฤศจิกายน 2569"),
        ("thai_date_official", DAY, "๒๐ พฤศจิกายน ๒๕๖๙"),
        ("thai_datetime", LATE, "20 พ.ย. 2569 00:30 น."),
        ("thai_datetime", datetime.datetime(2026, 11, 20, 9, 5), "20 พ.ย. 2569 09:05 น."),
        ("thai_digits", 114, "๑๑๔"),
        ("thai_digits", "ว 0", "ว ๐"),
        ("thai_digits", 0, "๐"),
        ("baht_text", Decimal("2000.50"), "สองพันบาทห้าสิบสตางค์"),
        ("baht_text", 0, "ศูนย์บาทถ้วน"),
    ],
)
def test_filter_prints(name: str, value: object, text: str) -> None:
    assert show(value, name) == text


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(
    "name",
    [
        "thai_date",
        "thai_date_long",
        "thai_date_official",
        "thai_datetime",
        "thai_digits",
        "baht_text",
    ],
)
def test_filter_of_nothing_prints_nothing(name: str, value: object) -> None:
    assert show(value, name) == ""


def test_baht_text_refuses_float() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        show(1.5, "baht_text")
