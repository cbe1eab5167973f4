"""The tags that compose pages."""

from pathlib import Path

import pytest
from django import forms
from django.contrib.messages.storage.base import Message
from django.template import Context, Engine, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext

from portal.core.icons import UnknownIcon
from portal.core.templatetags import portal_tags
from portal.core.wording import PLAIN_WORDS
from portal.users.models import User


def render(
    source: str,
    context: dict[str, object] | None = None,
    query: str = "",
    engine: Engine | None = None,
) -> str:
    request = RequestFactory().get(f"/list/{query}")
    template = Template("{% load portal_tags %}" + source, engine=engine)
    return template.render(RequestContext(request, context or {}))


class Parts:
    """A folder of small components; ``add`` writes one, ``render`` uses them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "components"
        self.folder.mkdir()
        self.engine = Engine(
            dirs=[folder],
            context_processors=["django.template.context_processors.request"],
            libraries={"portal_tags": "portal.core.templatetags.portal_tags"},
        )

    def add(self, name: str, source: str) -> None:
        (self.folder / f"{name}.html").write_text(source, encoding="utf-8")

    def render(self, source: str, context: dict[str, object] | None = None) -> str:
        return render(source, context, engine=self.engine)


@pytest.fixture
def parts(tmp_path) -> Parts:
    return Parts(tmp_path)


def test_component_content_becomes_its_slot(parts):
    parts.add("box", "[{{ title }}|{{ slot }}]")
    assert parts.render(
        '{% component "box" title="A" %} <b>{{ x }}</b> {% endcomponent %}', {"x": 1}
    ) == ("[A|<b>1</b>]")


def test_component_sees_its_parameters_only(parts):
    parts.add("box", "[{{ title }}{{ leak }}{{ slot }}]")
    assert (
        parts.render('{% component "box" %}{% endcomponent %}', {"title": "no", "leak": "no"})
        == "[]"
    )


def test_component_passes_token_and_request(parts):
    parts.add("box", "{{ request.path }}{% csrf_token %}")
    html = parts.render('{% component "box" %}{% endcomponent %}')
    assert html.startswith('/list/<input type="hidden" name="csrfmiddlewaretoken" value="')


def test_component_puts_fills_into_named_places(parts):
    parts.add("box", "[{{ actions }}|{{ slot }}]")
    source = '{% component "box" %}a{% fill actions %}<i>x</i>{% endfill %}b{% endcomponent %}'
    assert parts.render(source) == "[<i>x</i>|ab]"


def test_component_inside_another_keeps_its_own_fills(parts):
    parts.add("box", "[{{ actions }}|{{ slot }}]")
    inner = '{% component "box" %}in{% fill actions %}1{% endfill %}{% endcomponent %}'
    source = '{% component "box" %}{% fill actions %}2{% endfill %}' + inner + "{% endcomponent %}"
    assert parts.render(source) == "[2|[1|in]]"


def test_fill_that_is_not_reached_leaves_its_place_empty(parts):
    parts.add("box", "[{{ actions }}]")
    fill = "{% if no %}{% fill actions %}x{% endfill %}{% endif %}"
    source = '{% component "box" %}' + fill + "{% endcomponent %}"
    assert parts.render(source) == "[]"


def test_component_escapes_its_parameters(parts):
    parts.add("box", "{{ title }}")
    assert parts.render('{% ui "box" title=t %}', {"t": "<b>"}) == "&lt;b&gt;"


def test_ui_renders_without_a_request(parts):
    parts.add("box", "{{ title }}{{ request }}")
    source = '{% load portal_tags %}{% ui "box" title="x" %}'
    template = Template(source, engine=parts.engine)
    assert template.render(Context()) == "x"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% component %}{% endcomponent %}", "component needs the component's name"),
        ('{% component "box" extra %}{% endcomponent %}', "component takes name=value, not extra"),
        ("{% fill %}{% endfill %}", "fill takes the slot's name"),
    ],
)
def test_wrong_tags_are_refused(source, message):
    with pytest.raises(TemplateSyntaxError, match=f"^{message}$"):
        render(source)


def test_fill_outside_a_component_is_refused():
    with pytest.raises(TemplateSyntaxError, match="outside"):
        render("{% fill a %}x{% endfill %}")


def test_icon_is_decoration_without_a_label():
    html = portal_tags.icon("dash")
    assert html == (
        '<svg class="icon" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">'
        '<path d="M4 8a.5.5 0 0 1 .5-.5h7a.5.5 0 0 1 0 1h-7A.5.5 0 0 1 4 8"/></svg>'
    )


def test_icon_with_a_label_is_an_image():
    html = portal_tags.icon("dash", label='"x"', css="big")
    assert html.startswith(
        '<svg class="icon big" viewBox="0 0 16 16" fill="currentColor" role="img" '
        'aria-label="&quot;x&quot;">'
    )


@pytest.mark.parametrize("name", ["no-such-icon", "../package", "Bell", ""])
def test_unknown_icon_is_an_error(name):
    with pytest.raises(UnknownIcon):
        portal_tags.icon(name)


def test_damaged_icon_is_an_error(settings, tmp_path):
    settings.NODE_MODULES = tmp_path
    folder = tmp_path / "bootstrap-icons" / "icons"
    folder.mkdir(parents=True)
    (folder / "damaged-one.svg").write_text("<p>no drawing</p>", encoding="utf-8")
    with pytest.raises(UnknownIcon):
        portal_tags.icon("damaged-one")


@pytest.mark.parametrize(
    ("query", "state", "href"),
    [
        ("", "none", "?sort=subject"),
        ("?sort=subject", "ascending", "?sort=-subject"),
        ("?sort=-subject", "descending", "?sort=subject"),
        ("?sort=number&q=a&cursor=xyz&page=3", "none", "?sort=subject&amp;q=a"),
    ],
)
def test_th_cycles_the_order_and_drops_the_cursor(query, state, href):
    html = render('{% th "subject" "Subject" css="wide" %}', query=query)
    start = f'<th scope="col" aria-sort="{state}" class="wide"><a class="sort-link" href="{href}">'
    assert html.startswith(f"{start}Subject <svg")


class AnyForm(forms.Form):
    name = forms.CharField(widget=forms.TextInput(attrs={"class": "wide"}))
    kind = forms.ChoiceField(choices=[("a", "A")])
    many = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField(required=False)
    file = forms.FileField(required=False)
    secret = forms.CharField(widget=forms.HiddenInput)


@pytest.mark.parametrize(
    ("field", "classes", "kind"),
    [
        ("name", "wide form-control", "input"),
        ("kind", "form-select", "input"),
        ("many", "form-check-input", "choices"),
        ("agreed", "form-check-input", "checkbox"),
        ("file", "form-control", "file"),
    ],
)
def test_widget_wears_our_look_in_any_form(field, classes, kind):
    bound = AnyForm()[field]
    assert f'class="{classes}"' in portal_tags.widget(bound)
    assert portal_tags.widget_kind(bound) == kind


def test_widget_of_a_wrong_field_is_marked():
    html = portal_tags.widget(AnyForm({})["name"])
    assert 'class="wide form-control is-invalid"' in html


def test_widget_of_a_hidden_field_has_no_class():
    assert portal_tags.widget(AnyForm()["secret"]) == (
        '<input type="hidden" name="secret" id="id_secret">'
    )


def test_form_sections_follow_the_fieldsets_and_forget_nothing():
    form = AnyForm()
    form.fieldsets = [("First", ["kind", "name"])]
    sections = [
        (legend, [field.name for field in fields])
        for legend, fields in portal_tags.form_sections(form)
    ]
    assert sections == [("First", ["kind", "name"]), ("", ["many", "agreed", "file"])]


def test_form_sections_without_fieldsets_are_one():
    [(legend, fields)] = portal_tags.form_sections(AnyForm())
    assert (legend, len(fields)) == ("", 5)


def test_form_sections_with_all_fields_placed_have_no_rest():
    form = AnyForm()
    form.fieldsets = [("All", ["name", "kind", "many", "agreed", "file"])]
    assert [legend for legend, _fields in portal_tags.form_sections(form)] == ["All"]


@pytest.mark.parametrize(
    ("tone", "icon"),
    [("danger", "exclamation-octagon-fill"), ("success", "check-circle-fill"), ("odd", "circle")],
)
def test_tone_icon(tone, icon):
    assert portal_tags.tone_icon(tone) == icon


@pytest.mark.parametrize(
    ("level", "tone"),
    [("error", "danger"), ("debug", "neutral"), ("success", "success"), ("", "info")],
)
def test_bootstrap_tone(level, tone):
    assert portal_tags.bootstrap_tone(level) == tone


@pytest.mark.parametrize(
    ("tags", "url"), [("undo:/back/", "/back/"), ("other", ""), ("", ""), (None, "")]
)
def test_undo_url(tags, url):
    assert portal_tags.undo_url(Message(25, "Done", extra_tags=tags)) == url


@pytest.mark.parametrize(
    ("first", "last", "letters"),
    [
        ("สมมติ", "ใจดี", "สจ"),
        ("เอกชัย", "แก้ว", "อก"),
        ("ann", "", "A"),
        ("", "", "?"),
    ],
)
def test_initials_of_a_person(first, last, letters):
    assert portal_tags.initials(User(first_name=first, last_name=last)) == letters


def test_initials_of_a_name():
    assert portal_tags.initials("เจ้าหน้าที่ ทดสอบ ระบบ") == "จท"


@pytest.mark.parametrize(
    ("name", "icon"),
    [
        ("a.PDF", "file-earmark-pdf"),
        ("รายงาน.xlsx", "file-earmark-excel"),
        ("nothing", "file-earmark"),
        ("a.exe", "file-earmark"),
    ],
)
def test_file_icon(name, icon):
    assert portal_tags.file_icon(name) == icon


@pytest.mark.parametrize(
    ("tag", "href"),
    [
        ('{% help_link "start" "my-work" %}', "/desk/help/start/#my-work"),
        ('{% help_link "start" %}', "/desk/help/start/"),
    ],
)
def test_help_link_leads_to_the_section(tag, href):
    assert render(tag).startswith(f'<a class="btn btn-quiet icon-button" href="{href}">')


def test_all_icons_of_tones_and_files_exist():
    names = [*portal_tags.TONES.values(), *portal_tags._FILE_ICONS.values(), "file-earmark"]
    assert [name for name in names if not portal_tags.icon(name)] == []


def test_plain_words_are_djangos_own_sentences():
    with translation.override("th"):
        assert [words for words in PLAIN_WORDS if gettext(words) == words] == []
