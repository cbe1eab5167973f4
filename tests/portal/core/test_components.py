"""Each component as HTML; icons are taken out, their tag has tests of its own."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.template import RequestContext, Template
from django.test import RequestFactory
from pytest_django.asserts import assertHTMLEqual

from portal.users.models import User

pytestmark = pytest.mark.usefixtures("_english")


@pytest.fixture
def _english(settings) -> None:
    settings.LANGUAGE_CODE = "en"
    from django.utils import translation

    with translation.override("en"):
        yield


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/list/?q=a&cursor=old")
    request.user = User(username="x")
    template = Template("{% load i18n portal_tags %}" + source)
    html = template.render(RequestContext(request, context))
    html = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    return re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', "<csrf>", html)


def test_page_header():
    source = (
        '{% component "page_header" title="Inbox" lead="All" eyebrow="E" back_url="/b/" %}'
        "{% fill status %}<i>S</i>{% endfill %}<b>A</b>{% endcomponent %}"
    )
    assertHTMLEqual(
        render(source),
        '<header class="page-header"><a class="back-link" href="/b/"> Back</a>'
        '<div class="page-header-row"><div class="page-header-words"><p class="eyebrow">E</p>'
        '<h1>Inbox <i>S</i></h1><p class="lead">All</p></div>'
        '<div class="page-header-actions"><b>A</b></div></div></header>',
    )


def test_page_header_of_a_title_alone():
    assertHTMLEqual(
        render('{% ui "page_header" title="Inbox" %}'),
        '<header class="page-header"><div class="page-header-row"><div class="page-header-words">'
        "<h1>Inbox</h1></div></div></header>",
    )


@pytest.mark.parametrize(
    ("given", "tone"), [("", "neutral"), ('tone="danger"', "danger"), ('icon="clock"', "neutral")]
)
def test_status_tag(given, tone):
    html = render(f'{{% ui "status_tag" label="Sent" {given} %}}')
    assertHTMLEqual(html, f'<span class="status-tag tone-{tone}"> Sent</span>')


def test_notice_with_undo_and_close():
    html = render('{% ui "notice" tone="success" text="Done" undo_url="/u/" dismissible=True %}')
    assertHTMLEqual(
        html,
        '<div class="notice notice-success"><div class="notice-body"><p>Done</p></div>'
        '<button class="notice-close" type="button" data-dismiss hidden></button>'
        '<form method="post" action="/u/" class="notice-action"><csrf>'
        '<button class="btn btn-sm btn-outline-secondary" type="submit"> Undo</button></form>'
        "</div>",
    )


def test_notice_of_danger_is_an_alert():
    source = (
        '{% component "notice" tone="danger" title="T" %}<p>x</p>'
        "{% fill actions %}<b>A</b>{% endfill %}{% endcomponent %}"
    )
    assertHTMLEqual(
        render(source),
        '<div class="notice notice-danger" role="alert"><div class="notice-body">'
        '<p class="notice-title">T</p><p>x</p></div><div class="notice-action"><b>A</b>'
        "</div></div>",
    )


def test_table_becomes_cards():
    html = render('{% component "table" caption="C" %}<tbody></tbody>{% endcomponent %}')
    assertHTMLEqual(
        html,
        '<div class="table-wrap"><table class="table table-cards">'
        '<caption class="visually-hidden">C</caption><tbody></tbody></table></div>',
    )


def test_plain_table_scrolls():
    source = (
        '{% component "table" caption="C" plain=True compact=True caption_shown=True %}'
        "<tbody></tbody>{% endcomponent %}"
    )
    assertHTMLEqual(
        render(source),
        '<div class="table-wrap table-scroll" tabindex="0" role="region" aria-label="C">'
        '<table class="table table-sm"><caption class="">C</caption><tbody></tbody></table></div>',
    )


class FilterForm(forms.Form):
    state = forms.CharField(required=False)


def test_filter_bar():
    html = render(
        '{% ui "filter_bar" form=form reset_url="/r/" count=0 target="rows" %}', form=FilterForm()
    )
    assertHTMLEqual(
        html,
        '<form class="filter-bar" method="get" action="" role="search"'
        ' aria-label="Filter the list" hx-get="" hx-target="#rows" hx-select="#rows"'
        ' hx-swap="outerHTML" hx-push-url="true"'
        ' hx-trigger="submit, change, input changed delay:400ms from:find input[type=search]">'
        '<div class="filter-fields"><div class="field field-input" id="id_state-field">'
        '<label class="form-label" for="id_state">State</label>'
        '<input type="text" name="state" class="form-control" id="id_state"></div></div>'
        '<div class="filter-actions">'
        '<button class="btn btn-primary" type="submit"> Search</button>'
        '<a class="btn btn-link" href="/r/">Clear</a>'
        '<p class="filter-count" role="status">0 items</p></div></form>',
    )


def test_filter_bar_with_fields_of_its_own():
    html = render('{% component "filter_bar" action="/l/" %}<b>F</b>{% endcomponent %}')
    assertHTMLEqual(
        html,
        '<form class="filter-bar" method="get" action="/l/" role="search"'
        ' aria-label="Filter the list"><div class="filter-fields"><b>F</b></div>'
        '<div class="filter-actions">'
        '<button class="btn btn-primary" type="submit"> Search</button>'
        "</div></form>",
    )


@pytest.mark.parametrize(
    ("following", "previous", "links"),
    [
        (None, None, []),
        ("n", None, ["?q=a&amp;cursor=n"]),
        (None, "p", ["?q=a&amp;cursor=p"]),
        ("n", "p", ["?q=a&amp;cursor=p", "?q=a&amp;cursor=n"]),
    ],
)
def test_pager_keeps_the_query(following, previous, links):
    page = SimpleNamespace(next_cursor=following, previous_cursor=previous)
    html = render('{% ui "pager" page=page %}', page=page)
    assert re.findall(r'href="([^"]*)"', html) == links


def test_empty_state():
    html = render('{% ui "empty_state" title="T" text="X" action_url="/a/" action_label="A" %}')
    assertHTMLEqual(
        html,
        '<div class="empty-state"><p class="empty-title">T</p><p>X</p>'
        '<a class="btn btn-primary" href="/a/">A</a></div>',
    )


def test_timeline():
    at = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)
    steps = [
        {"title": "Draft", "who": "A", "at": at, "state": "done"},
        {"title": "Endorse", "state": "current"},
        {"title": "Check", "state": "returned", "note": "no"},
        {"title": "Ask", "state": "skipped", "tag": "left out"},
        {"title": "Sign"},
    ]
    html = render('{% ui "timeline" steps=steps %}', steps=steps)
    found = re.findall(r'is-(\w+)"( aria-current="step")?>', html)
    assert found == [
        ("done", ""),
        ("current", ' aria-current="step"'),
        ("returned", ""),
        ("skipped", ""),
        ("waiting", ""),
    ]
    tags = re.findall(r'timeline-tag">([^<]+)<', html)
    assert tags == ["done", "now", "returned", "left out", "waiting"]
    [meta] = re.findall(r'<p class="timeline-meta">(.*?)</p>', html)
    assert meta == ('A · <time datetime="2026-11-20T14:05:00+07:00">20 พ.ย. 2569 14:05 น.</time>')
    assert re.findall(r'timeline-note">(.*?)<', html) == ["no"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "<span>Ann Bee</span>"),
        ('url="/p/"', '<a href="/p/">Ann Bee</a>'),
        (
            'role="Clerk" unit="Unit"',
            '<span>Ann Bee</span><span class="person-role">Clerk · Unit</span>',
        ),
        ('unit="Unit"', '<span>Ann Bee</span><span class="person-role">Unit</span>'),
    ],
)
def test_person_chip(given, words):
    html = render(f'{{% ui "person_chip" person="Ann Bee" {given} %}}')
    assertHTMLEqual(
        html,
        '<span class="person-chip"><span class="person-mark" aria-hidden="true">AB</span>'
        f'<span class="person-words">{words}</span></span>',
    )


def test_file_list():
    files = [
        {"name": "a.pdf", "url": "/a/", "size": 2048, "kind": "PDF", "preview_url": "/p/"},
        {"name": "b.zip", "url": "/b/", "note": "new", "remove_url": "/r/"},
    ]
    assertHTMLEqual(
        render('{% ui "file_list" files=files %}', files=files),
        '<ul class="file-list" aria-label="Files"><li class="file-row"><div class="file-words">'
        '<a href="/a/" download>a.pdf</a><span class="file-meta">PDF · 2.0\xa0KB</span></div>'
        '<a class="btn btn-sm btn-link" href="/p/" target="_blank" rel="noopener">Open'
        '<span class="visually-hidden"> a.pdf</span></a></li>'
        '<li class="file-row"><div class="file-words"><a href="/b/" download>b.zip</a>'
        '<span class="file-meta"> · new</span></div><form method="post" action="/r/"><csrf>'
        '<button class="btn btn-sm btn-link text-danger" type="submit">Remove'
        '<span class="visually-hidden"> b.zip</span></button></form></li></ul>',
    )


@pytest.mark.parametrize(
    ("given", "html"), [("", ""), ('empty="None"', '<p class="text-muted-ink">None</p>')]
)
def test_file_list_without_files(given, html):
    assertHTMLEqual(render(f'{{% ui "file_list" {given} %}}'), html)


def test_confirm_dialog():
    source = (
        '{% component "confirm_dialog" trigger="Void" title="Sure?" text="T" action="/v/"'
        ' tone="danger" name="move" value="void" %}<b>F</b>{% endcomponent %}'
    )
    assertHTMLEqual(
        render(source),
        '<details class="confirm" data-confirm-box><summary class="btn btn-outline-secondary">Void'
        '</summary><form class="confirm-panel" method="post" action="/v/" data-once><csrf>'
        '<h2 class="confirm-title">Sure?</h2><p>T</p><b>F</b><div class="confirm-actions">'
        '<button class="btn btn-danger" type="submit" name="move" value="void">Void</button>'
        '<button class="btn btn-outline-secondary" type="button" data-close-dialog hidden>Cancel'
        "</button></div></form></details>",
    )


@pytest.mark.parametrize(
    ("given", "css", "polls"),
    [
        ('max=10 value=3 poll_url="/p/"', "progress-box", True),
        ('max=10 value=10 done=True poll_url="/p/"', "progress-box is-done", False),
        ('max=10 value=3 failed=True poll_url="/p/"', "progress-box is-failed", False),
        ("", "progress-box", False),
    ],
)
def test_progress_polls_while_it_runs(given, css, polls):
    html = render(f'{{% ui "progress" id="p" label="L" {given} %}}')
    head = re.match(r'\s*<div class="([^"]*)" id="p"( hx-get="/p/" hx-trigger="every 2s")?', html)
    assert (head[1], bool(head[2])) == (css, polls)
    assert ("<noscript>" in html) is polls


def test_progress_of_unknown_length_has_no_value():
    html = render('{% ui "progress" id="p" label="L" %}')
    assert re.findall(r"<progress[^>]*>", html) == ['<progress aria-labelledby="p-label">']


class SampleForm(forms.Form):
    name = forms.CharField(help_text="Help")
    agreed = forms.BooleanField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput)


def test_field_in_order():
    assertHTMLEqual(
        render('{% ui "field" field=form.name %}', form=SampleForm()),
        '<div class="field field-input" id="id_name-field">'
        '<label class="form-label" for="id_name">Name</label>'
        '<input type="text" name="name" class="form-control" required id="id_name"'
        ' aria-describedby="id_name_helptext">'
        '<div class="form-text" id="id_name_helptext">Help</div></div>',
    )


def test_field_with_an_error_is_described_by_it():
    assertHTMLEqual(
        render('{% ui "field" field=form.name label="Your name" %}', form=SampleForm({})),
        '<div class="field field-input has-error" id="id_name-field">'
        '<label class="form-label" for="id_name">Your name</label>'
        '<input type="text" name="name" class="form-control is-invalid" required id="id_name"'
        ' aria-describedby="id_name_helptext id_name_error" aria-invalid="true">'
        '<div class="form-text" id="id_name_helptext">Help</div>'
        '<div class="field-error" id="id_name_error"> This field is required.</div></div>',
    )


def test_field_of_a_checkbox():
    assertHTMLEqual(
        render('{% ui "field" field=form.agreed %}', form=SampleForm()),
        '<div class="field field-checkbox" id="id_agreed-field"><div class="form-check">'
        '<input type="checkbox" name="agreed" class="form-check-input" id="id_agreed">'
        '<label class="form-check-label" for="id_agreed">Agreed</label></div></div>',
    )


def test_field_of_choices_is_a_group():
    html = render('{% ui "field" field=form.kind %}', form=SampleForm({}))
    assert re.findall(r"<fieldset[^>]*>", html) == [
        '<fieldset id="id_kind" tabindex="-1" aria-describedby="id_kind_error">'
    ]
    assert re.findall(r'<label class="form-check-label" for="(.*?)">(.*?)</label>', html) == [
        ("id_kind_0", "A"),
        ("id_kind_1", "B"),
    ]


def test_form_errors_lead_to_the_fields():
    form = SampleForm({"agreed": "on"})
    form.add_error(None, "Together wrong")
    html = render('{% ui "form_errors" form=form %}', form=form)
    lines = re.findall(r"<li>(.*?)</li>", html)
    assert lines == [
        "Together wrong",
        '<a href="#id_name">Name: This field is required.</a>',
        '<a href="#id_kind">Kind: This field is required.</a>',
        "This field is required.",
    ]


def test_form_errors_of_a_right_form_are_nothing():
    assert render('{% ui "form_errors" form=form %}', form=FilterForm({})).strip() == ""


def test_form():
    form = FilterForm()
    form.fieldsets = [("Part", ["state"])]
    source = (
        '{% component "form" form=form id="f" action="/s/" autosave="/d/" cancel_url="/c/"'
        " multipart=True %}<b>slot</b>{% fill actions %}<i>more</i>{% endfill %}{% endcomponent %}"
    )
    assertHTMLEqual(
        render(source, form=form),
        '<form class="form" id="f" method="post" action="/s/" enctype="multipart/form-data"'
        ' novalidate data-once data-autosave="/d/"><csrf><fieldset class="form-section">'
        '<legend>Part</legend><div class="field field-input" id="id_state-field">'
        '<label class="form-label" for="id_state">State'
        ' <span class="field-optional">(optional)</span></label>'
        '<input type="text" name="state" class="form-control" id="id_state"></div></fieldset>'
        '<b>slot</b><div class="form-actions"><button class="btn btn-primary" type="submit">Save'
        '</button><i>more</i><a class="btn btn-link" href="/c/">Cancel</a>'
        '<span class="autosave-state" role="status" data-autosave-state'
        ' data-text-saved="Saved {time}"'
        ' data-text-kept="Kept on this device until there is a connection"'
        ' data-text-restored="Your typing was brought back"></span></div></form>',
    )


def test_form_that_reads_needs_no_token():
    html = render('{% ui "form" form=form method="get" keep=True %}', form=FilterForm())
    assert re.findall(r"<form[^>]*>", html) == [
        '<form class="form" method="get" novalidate data-once data-keep>'
    ]
    assert "<csrf>" not in html


def test_stat_tile():
    assertHTMLEqual(
        render('{% ui "stat_tile" label="L" value=3 url="/u/" tone="danger" note="N" %}'),
        '<a class="stat-tile tone-danger" href="/u/"><span class="stat-label">L</span>'
        '<span class="stat-value">3</span><span class="stat-note">N</span></a>',
    )


def test_stat_tile_without_a_link():
    assertHTMLEqual(
        render('{% ui "stat_tile" label="L" value=0 icon="pen" %}'),
        '<div class="stat-tile tone-neutral"><span class="stat-label"> L</span>'
        '<span class="stat-value">0</span></div>',
    )


def test_tabs():
    items = [
        {"label": "A", "url": "/a/", "active": True, "count": 0},
        {"label": "B", "url": "/b/", "active": False},
    ]
    assertHTMLEqual(
        render('{% ui "tabs" items=items %}', items=items),
        '<nav class="tabs" aria-label="Parts of this page"><ul>'
        '<li><a href="/a/" aria-current="page">A <span class="tab-count">0</span></a></li>'
        '<li><a href="/b/">B</a></li></ul></nav>',
    )


def test_thumb_bar():
    assertHTMLEqual(
        render('{% component "thumb_bar" %}<b>x</b>{% endcomponent %}'),
        '<div class="thumb-bar" role="group" aria-label="Actions"><b>x</b></div>',
    )


def test_moves():
    moves = [
        SimpleNamespace(name="sign", label="Sign", tone="primary", icon="pen", confirm="Sure?"),
        SimpleNamespace(name="back", label="Back", tone="", icon="", confirm=""),
    ]
    assertHTMLEqual(
        render('{% ui "moves" moves=moves action="/m/" expected="draft" %}', moves=moves),
        '<form class="moves" method="post" action="/m/" data-once><csrf>'
        '<input type="hidden" name="expected" value="draft">'
        '<div class="thumb-bar" role="group" aria-label="Actions">'
        '<button class="btn btn-primary" type="submit" name="move" value="sign"'
        ' data-confirm="Sure?"> Sign</button>'
        '<button class="btn btn-primary" type="submit" name="move" value="back">Back</button>'
        "</div></form>",
    )


def test_moves_without_moves_are_nothing():
    assert render('{% ui "moves" moves=moves action="/m/" %}', moves=[]).strip() == ""


@pytest.mark.parametrize(
    ("tone", "word"),
    [("danger", "urgent"), ("warning", "attention"), ("success", "done"), ("info", "note")],
)
def test_tone_mark_is_spoken(tone, word):
    request = RequestFactory().get("/")
    template = Template('{% load portal_tags %}{% ui "tone_mark" tone=tone %}')
    html = template.render(RequestContext(request, {"tone": tone}))
    assert re.findall('aria-label="(.*?)"', html) == [word]
