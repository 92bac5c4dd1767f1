"""What the editors are told where something was not saved: JSON that their scripts read."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from indicators import services
from indicators.document.arrange import ArrangeError, RowGoneError
from indicators.document.fields import FieldError, NoSuchFieldError
from indicators.document.narrative_parts import NoSuchPartError, TooManyPartsError
from indicators.reviewed import Reviewed
from indicators.services.presence import be_present

INCOMPLETE = "浏览器发来的内容不完整，刷新页面后重试。"
_PART_GONE = "该项已被删除，填写的内容没有保存。"


def answer_or_refusal(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the answer, or what its services refused as JSON with the status of the refusal."""
    try:
        return answer()
    except services.CellConflictError as conflict:
        return JsonResponse(_conflict(conflict), status=409)
    except (services.CellGoneError, RowGoneError) as refusal:
        return JsonResponse({"gone": str(refusal)}, status=409)
    except NoSuchPartError:
        return JsonResponse({"gone": _PART_GONE}, status=409)
    except (KeyError, NoSuchFieldError):
        return JsonResponse({"problem": INCOMPLETE}, status=422)
    except (FieldError, ArrangeError, TooManyPartsError, services.ListedNameError) as refusal:
        return JsonResponse({"problem": str(refusal)}, status=422)
    except services.NotEditableError as refusal:
        return JsonResponse({"locked": str(refusal)}, status=409)


def presence_answer(reviewed: Reviewed, user) -> HttpResponse:
    """Note that the person is editing, and tell who else is, and which revision is stored by now."""
    others = be_present(reviewed=reviewed, actor=user)
    told = [{"name": other.name, "since": clock(other.since)} for other in others]
    return JsonResponse({"revision": reviewed.revision, "others": told})


def clock(moment: datetime) -> str:
    """Return the time of day as the editors show it, 10:32, with the day where that is not today."""
    local = timezone.localtime(moment)
    day = "" if local.date() == timezone.localdate() else f"{local.month}月{local.day}日 "
    return f"{day}{local:%H:%M}"


def _conflict(conflict: services.CellConflictError) -> dict[str, object]:
    told = {name: getattr(conflict, name) for name in ("path", "place", "mine", "theirs", "by")}
    at = clock(conflict.at) if conflict.at else ""
    return {"conflict": {**told, "at": at}, "revision": conflict.revision}
