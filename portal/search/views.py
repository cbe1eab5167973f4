"""``/search/``: one box over everything that a person may see."""

from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.registry import SearchSource, search_sources
from portal.search import service
from portal.search.forms import SearchForm
from portal.users.requests import SignedInRequest

TIMEOUT_MS = 10_000


@dataclass(frozen=True)
class Page:
    """The pager's cursors are page numbers here."""

    next_cursor: str | None
    previous_cursor: str | None


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """The first hits of each kind, or with ``in`` the pages of one kind."""
    source = _source(request.GET.get("in", ""))
    form = SearchForm(request.GET, user=request.user, source=source)
    form.is_valid()
    words = service.words_of(form.cleaned_data.get("q", ""))
    query = service.Query(words, form.labels())
    context: dict[str, object] = {
        "form": form,
        "source": source,
        "words": words,
        "tabs": _tabs(request, source),
    }
    if words:
        context |= _found(request, source, query, form)
    return render(request, "search/search.html", context)


def _found(
    request: SignedInRequest,
    source: SearchSource | None,
    query: service.Query,
    form: SearchForm,
) -> dict[str, object]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [TIMEOUT_MS])
            if source is None:
                return {"groups": service.first_hits(request.user, query, form.narrowed)}
            number = _page_number(request)
            group = service.group_of(source, request.user, query, page=number)
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") != "57014":  # canceled by the time limit
            raise
        return {"too_slow": True, "groups": []}
    page = Page(
        next_cursor=str(number + 1) if group.has_more else None,
        previous_cursor=str(number - 1) if number > 1 else None,
    )
    return {"groups": [group] if group.rows else [], "page": page}


def _source(code: str) -> SearchSource | None:
    return search_sources.get(code) if code in search_sources else None


def _page_number(request: SignedInRequest) -> int:
    typed = request.GET.get("cursor", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1


def _tabs(request: SignedInRequest, source: SearchSource | None) -> list[dict[str, object]]:
    """The kinds, each with the words typed; filters that another kind lacks are left behind."""
    tabs = [_tab(request, "", _("Everything"), active=source is None)]
    for other in search_sources:
        active = source is not None and source.code == other.code
        tabs.append(_tab(request, other.code, str(other.label), active=active))
    return tabs


def _tab(request: SignedInRequest, code: str, label: str, *, active: bool) -> dict[str, object]:
    query = request.GET.copy()
    for name in ("cursor", "in"):
        query.pop(name, None)
    if code:
        query["in"] = code
    return {"label": label, "url": f"{request.path}?{query.urlencode()}", "active": active}
