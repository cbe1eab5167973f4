"""The list of received letters, whose rows are written by hand."""

from datetime import date

from django.db.models import F
from django.template import Context
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags

from circulars.filters import DeliveryFilter
from circulars.models import Delivery, Letter
from circulars.services import deliveries
from circulars.templatetags.letters import list_filter_bar
from circulars.templatetags.received import received_rows
from circulars.views.inbox import SHOWN
from tests.factories import letters as make
from tests.factories.letters import World

SCRIPT = "<script>alert(1)</script>"


def rows_of(world: World, *, several_units: bool = False) -> str:
    rows = (
        Delivery.objects.filter(unit=world.schools[0])
        .select_related("letter__unit", "unit")
        .only(*SHOWN, "unit__name", "unit__short_name")
        .annotate(number=F("entry__number"))
    )
    with translation.override("en"):
        return received_rows(rows, several_units=several_units)


def cells(html: str) -> list[str]:
    return [" ".join(strip_tags(cell).split()) for cell in html.split("</td>")[:-1]]


def test_row_of_a_letter_not_opened_yet(world: World) -> None:
    letter = make.dispatched(world)
    html = rows_of(world)
    assert html.count('<tr class="is-unread">') == 1
    assert cells(html)[:5] == [
        "–",
        f"{letter.subject} {letter.number_text}",
        str(letter.unit),
        "Delivered",
        "–",
    ]


def test_row_of_a_registered_letter_that_is_late(world: World) -> None:
    letter = make.dispatched(world, speed="urgent", due_on=date(2020, 1, 5))
    deliveries.register(delivery=make.delivery(letter, world.schools[0]), actor=world.clerks[0])
    html = rows_of(world, several_units=True)
    assert html.count("is-unread") == 0
    assert cells(html)[:6] == [
        "1",
        f"{letter.subject} Urgent {letter.number_text}",
        str(letter.unit),
        str(world.schools[0]),
        "Registered",
        "5 ม.ค. 2563 overdue",
    ]


def test_row_leads_to_its_delivery(world: World) -> None:
    delivery = make.delivery(make.dispatched(world), world.schools[0])
    assert rows_of(world).count(f'href="{delivery.get_absolute_url()}"') == 1


def test_rows_escape_what_people_wrote(world: World) -> None:
    letter = make.dispatched(world)
    Letter.objects.filter(pk=letter.pk).update(subject=SCRIPT, number_text=SCRIPT)
    for unit in (world.group, world.schools[0]):
        unit.name = unit.short_name = SCRIPT
        unit.save()
    html = rows_of(world, several_units=True)
    assert (html.count("<script"), html.count("&lt;script&gt;")) == (0, 4)


def test_bar_without_filters_is_kept_for_each_language() -> None:
    request = RequestFactory().get("/circulars/inbox/")
    found = []
    for language in ("en", "th", "en"):
        with translation.override(language):
            bar = list_filter_bar(Context({"request": request}), DeliveryFilter(request.GET))
            label = DeliveryFilter(request.GET).form.fields["state"].label
            found.append((bar.count(f">{label}</label>"), bar.count('name="state"')))
    assert found == [(1, 1), (1, 1), (1, 1)]


def test_bar_shows_what_is_filtered(world: World) -> None:
    request = RequestFactory().get("/circulars/inbox/", {"q": "ประชุม"})
    bar = list_filter_bar(Context({"request": request}), DeliveryFilter(request.GET))
    assert bar.count('value="ประชุม"') == 1
