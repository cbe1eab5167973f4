from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import parse_etags, url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from portal.core.errors import NotAllowed
from portal.core.notices import done
from portal.core.paging import keyset_page
from portal.notifications.enums import Channel
from portal.notifications.forms import ChoicesForm
from portal.notifications.models import Delivery, Notification
from portal.notifications.permissions import looks_after_mail
from portal.notifications.services.choices import choose
from portal.notifications.services.reading import (
    COUNT_UP_TO,
    Unread,
    lines,
    mark_all_read,
    mark_read,
    unread_of,
)
from portal.notifications.services.resending import dead_mails, mail_state, resend
from portal.users.requests import SignedInRequest

PAGE_SIZE = 30


@require_safe
def bell(request: SignedInRequest) -> HttpResponse:
    """``/notifications/bell/``: the unread count, asked again every minute; mostly a 304."""
    unread = unread_of(request.user)
    etag = f'"{unread.count}-{unread.newest}-{get_language()}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        context = {"unread": unread, "count_up_to": COUNT_UP_TO}
        response = render(request, "notifications/bell_count.html", context)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """``/notifications/``: one's own, newest first; ``?show=unread`` only those."""
    mine = Notification.objects.visible_to(request.user).select_related("notice__actor")
    only_unread = request.GET.get("show") == "unread"
    page = keyset_page(
        mine.unread() if only_unread else mine,
        order=("-id",),
        cursor=request.GET.get("cursor"),
        size=PAGE_SIZE,
    )
    unread = unread_of(request.user)
    context = {
        "page": page,
        "lines": lines(page.items, request.user),
        "only_unread": only_unread,
        "unread": unread,
        "tabs": _tabs(unread, only_unread=only_unread),
    }
    return render(request, "notifications/index.html", context)


@require_safe
def open_(request: SignedInRequest, pk: int) -> HttpResponse:
    """``/notifications/<id>/open/``: marks it read and leads on to what it is about."""
    mine = Notification.objects.filter(person=request.user).select_related("notice")
    notification = get_object_or_404(mine, pk=pk)
    mark_read(notification=notification)
    url = notification.notice.url
    if url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return redirect(url)
    return redirect("notifications:index")


@require_POST
def read(request: SignedInRequest, pk: int) -> HttpResponse:
    """``/notifications/<id>/read/``"""
    mine = Notification.objects.visible_to(request.user).select_related("notice__actor")
    notification = get_object_or_404(mine, pk=pk)
    mark_read(notification=notification)
    if not request.htmx:
        return redirect("notifications:index")
    notification.refresh_from_db(fields=["read_at"])
    [row] = lines([notification], request.user)
    response = render(request, "notifications/row.html", {"row": row})
    return trigger_client_event(response, "notifications:changed")


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """``/notifications/read/``: everything that the person has seen listed."""
    up_to = request.POST.get("up_to", "")
    count = mark_all_read(person=request.user, up_to=int(up_to) if up_to.isdecimal() else 0)
    done(
        request,
        ngettext(
            "%(count)s notification marked as read.",
            "%(count)s notifications marked as read.",
            count,
        )
        % {"count": count},
    )
    return redirect("notifications:index")


def preferences(request: SignedInRequest) -> HttpResponse:
    """``/notifications/preferences/``: which kinds come by which channel."""
    form = ChoicesForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        choose(person=request.user, choices=form.choices())
        done(request, _("Your choice is kept."))
        return redirect("notifications:preferences")
    context = {"form": form, "channels": Channel}
    return render(request, "notifications/preferences.html", context)


@require_safe
def undelivered(request: SignedInRequest) -> HttpResponse:
    """``/notifications/undelivered/``: mails that were given up, for the administrator."""
    _require_administrator(request)
    page = keyset_page(
        dead_mails(request.user).select_related("notification__notice", "notification__person"),
        order=("-id",),
        cursor=request.GET.get("cursor"),
        size=PAGE_SIZE,
    )
    context = {"page": page, "state": mail_state(request.user)}
    return render(request, "notifications/undelivered.html", context)


@require_POST
def send_again(request: SignedInRequest) -> HttpResponse:
    """``/notifications/undelivered/send-again/``: the mail named by ``delivery``, else all."""
    _require_administrator(request)
    deliveries = Delivery.objects.visible_to(request.user)
    chosen = request.POST.get("delivery", "")
    if chosen:
        deliveries = deliveries.filter(pk=int(chosen) if chosen.isdecimal() else 0)
    count = resend(deliveries=deliveries, actor=request.user)
    done(
        request,
        ngettext(
            "%(count)s mail will be sent again.", "%(count)s mails will be sent again.", count
        )
        % {"count": count},
    )
    return redirect("notifications:undelivered")


def _tabs(unread: Unread, *, only_unread: bool) -> list[dict[str, object]]:
    url = reverse("notifications:index")
    count = f"{COUNT_UP_TO - 1}+" if unread.count >= COUNT_UP_TO else unread.count
    return [
        {"label": _("All"), "url": url, "active": not only_unread},
        {
            "label": _("Unread"),
            "url": f"{url}?show=unread",
            "active": only_unread,
            "count": count,
        },
    ]


def _require_administrator(request: SignedInRequest) -> None:
    if not looks_after_mail(request.user):
        raise NotAllowed(action="notification.undelivered")
