"""消息: what a person was told, and opening it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from workflow.models import Notification
from workflow.services import mark_read

ROWS_PER_PAGE = 30


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """List one's own messages, newest first; ``sort`` in the address narrows them."""
    own = Notification.objects.filter(recipient=request.user)
    sort = request.GET.get("sort", "")
    found = own.filter(sort=sort) if sort in Notification.Sort else own
    context = {
        "page": Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "sorts": Notification.Sort.choices,
        "sort": sort if sort in Notification.Sort else "",
        "unread": own.filter(read_at=None).count(),
    }
    return render(request, "workflow/notifications.html", context)


@require_POST
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one message as read and lead to the page it is about."""
    own = Notification.objects.filter(recipient=request.user)
    notification = get_object_or_404(own, pk=pk)
    mark_read(actor=request.user, notification=notification)
    return redirect(_page_of(notification))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all one's messages as read."""
    number = mark_read(actor=request.user)
    messages.success(request, f"已将{number}条消息标为已读。" if number else "没有未读消息。")
    return redirect("notifications")


def _page_of(notification: Notification) -> str:
    """Return the page of a message; one that names no page of this site leads back to the list."""
    address = notification.address
    is_path = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_path else "notifications"
