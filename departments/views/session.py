"""How long the session still holds, and keeping it: what static/js/idle.js asks."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from departments.idle import note_act, seconds_left


@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """Tell how many seconds are left without an act; a POST is one, 继续使用."""
    if request.method == "POST":
        note_act(request.session, at_once=True)
    return JsonResponse({"left": seconds_left(request.session)})
