"""What pages are composed with: components with slots, icons, sort links, form fields."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.core import icons, notices
from portal.core.forms import widget_class

register = template.Library()

_FILLS = "_component_fills"
_SHARED = ("csrf_token", "csp_nonce", "request", "user", "LANGUAGE_CODE", "shell")
TONES = {
    "neutral": "circle",
    "brand": "circle-fill",
    "info": "info-circle-fill",
    "success": "check-circle-fill",
    "warning": "exclamation-triangle-fill",
    "danger": "exclamation-octagon-fill",
}


class FillNode(template.Node):
    """Puts its content into a named slot of the component around it."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        fills = context.get(_FILLS)
        if fills is None:
            raise template.TemplateSyntaxError("{% fill %} stands outside a {% component %}")
        fills[self.name] = self.nodelist.render(context)
        return ""


class ComponentNode(template.Node):
    """Renders ``components/<name>.html`` with its parameters only; the content is ``slot``."""

    def __init__(
        self, name: FilterExpression, params: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.name = name
        self.params = params
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        values = {key: value.resolve(context) for key, value in self.params.items()}
        fills: dict[str, str] = {}
        with context.push(**{_FILLS: fills}):
            slot = self.nodelist.render(context).strip()
        shared = {key: context[key] for key in _SHARED if key in context}
        assert context.template is not None  # noqa: S101  (always bound while rendering)
        chosen = context.template.engine.get_template(
            f"components/{self.name.resolve(context)}.html"
        )
        inside = context.new({**shared, **values, **fills, "slot": mark_safe(slot)})
        return chosen.render(inside)


@register.tag("component")
def do_component(parser: Parser, token: Token) -> ComponentNode:
    """``{% component "page_header" title=… %}content{% endcomponent %}``"""
    tag, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError(f"{tag} needs the component's name")
    rest = bits[1:]
    params = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"{tag} takes name=value, not {rest[0]}")
    nodelist = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(parser.compile_filter(bits[0]), params, nodelist)


@register.tag("fill")
def do_fill(parser: Parser, token: Token) -> FillNode:
    """``{% fill actions %}…{% endfill %}`` inside a component."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError(f"{bits[0]} takes the slot's name")
    nodelist = parser.parse(("endfill",))
    parser.delete_first_token()
    return FillNode(bits[1].strip("\"'"), nodelist)


@lru_cache(maxsize=1024)
def status_tag(label: str, tone: str, icon: str) -> SafeString:
    """The component ``status_tag``, rendered once: lists show the same few in each row."""
    return render_to_string(
        "components/status_tag.html", {"label": label, "tone": tone, "icon": icon}
    )


@register.simple_tag(takes_context=True)
def ui(context: Context, name: str, **params: Any) -> SafeString:
    """A component without content: ``{% ui "status_tag" label=_("Sent") tone="success" %}``."""
    shared = {key: context[key] for key in _SHARED if key in context}
    assert context.template is not None  # noqa: S101  (always bound while rendering)
    chosen = context.template.engine.get_template(f"components/{name}.html")
    return chosen.render(context.new({**shared, **params}))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """``{% icon "bell" %}``; with ``label`` when the icon stands without a word."""
    return icons.svg(name, label=label, css=css)


@register.filter
def tone_icon(tone: str) -> str:
    """The icon that goes with a tone, so that colour never stands alone."""
    return TONES.get(tone, TONES["neutral"])


@register.simple_tag(takes_context=True)
def th(context: Context, field: str, label: str, css: str = "") -> SafeString:
    """A column head that sorts: cycles ``?sort=field`` and ``?sort=-field``, drops the cursor."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    for name in ("cursor", "page"):
        query.pop(name, None)
    state = {field: "ascending", f"-{field}": "descending"}.get(current, "none")
    query["sort"] = f"-{field}" if state == "ascending" else field
    arrow = {"ascending": "sort-down-alt", "descending": "sort-down"}.get(state, "arrow-down-up")
    return format_html(
        '<th scope="col" aria-sort="{}" class="{}"><a class="sort-link" href="?{}">{} {}</a></th>',
        state, css, query.urlencode(), label, icons.svg(arrow),
    )  # fmt: skip


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The field's input in our look, whatever form it comes from (also allauth's)."""
    own = widget_class(field.field.widget)
    given = str(field.field.widget.attrs.get("class", "")).split()
    invalid = ["is-invalid"] if field.errors else []
    classes = " ".join(dict.fromkeys([*given, *own.split(), *invalid]))
    return field.as_widget(attrs={"class": classes} if classes else {})


@register.filter
def widget_kind(field: BoundField) -> str:
    """``checkbox``, ``choices`` (a group of boxes or radios), ``file`` or ``input``."""
    given = field.field.widget
    if isinstance(given, forms.CheckboxInput):
        return "checkbox"
    if isinstance(given, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    return "file" if isinstance(given, forms.FileInput) else "input"


@register.filter
def form_sections(form: forms.BaseForm) -> list[tuple[str, list[BoundField]]]:
    """(legend, fields) in the order of ``form.fieldsets``; what it leaves out comes last."""
    planned: Iterable[tuple[str, Iterable[str]]] = getattr(form, "fieldsets", ())
    sections = [(str(legend), [form[name] for name in names]) for legend, names in planned]
    placed = {field.name for _legend, fields in sections for field in fields}
    rest = [field for field in form.visible_fields() if field.name not in placed]
    return [*sections, ("", rest)] if rest else sections


@register.filter
def bootstrap_tone(level_tag: str) -> str:
    """A message's level as a tone of ours."""
    return {"error": "danger", "debug": "neutral"}.get(level_tag, level_tag or "info")


@register.filter
def undo_url(message: Any) -> str:
    """The address that takes the reported action back, or nothing."""
    return notices.undo_url(message)


@register.filter
def initials(person: Any) -> str:
    """One or two letters for a person's chip, without a leading Thai vowel or mark."""
    names = [getattr(person, "first_name", ""), getattr(person, "last_name", "")]
    if not any(names):
        names = str(person).split()[:2]
    firsts = (next((c for c in name if c.isalpha() and c not in "เแโใไ"), "") for name in names)
    return "".join(firsts).upper() or "?"


_FILE_ICONS = {
    "pdf": "file-earmark-pdf", "docx": "file-earmark-word", "doc": "file-earmark-word",
    "xlsx": "file-earmark-excel", "xls": "file-earmark-excel", "csv": "file-earmark-spreadsheet",
    "pptx": "file-earmark-ppt", "zip": "file-earmark-zip", "jpg": "file-earmark-image",
    "jpeg": "file-earmark-image", "png": "file-earmark-image", "webp": "file-earmark-image",
    "txt": "file-earmark-text", "mp4": "file-earmark-play",
}  # fmt: skip


@register.filter
def file_icon(name: str) -> str:
    """The icon for a file name's ending."""
    return _FILE_ICONS.get(str(name).rpartition(".")[2].lower(), "file-earmark")


@register.simple_tag
def help_link(guide: str, section: str = "") -> SafeString:
    """The page's "?": ``docs/guides/<guide>.md``, at its heading ``{#section}``."""
    anchor = f"#{section}" if section else ""
    return format_html(
        '<a class="btn btn-quiet icon-button" href="{}{}">{}</a>',
        reverse("desk:help", args=[guide]), anchor,
        icons.svg("question-circle", label=_("Help for this page")),
    )  # fmt: skip
