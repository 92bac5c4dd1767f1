"""Pasting a copied block: a preview of what goes where, writing what was chosen, taking it back.

A script asks for the preview as a fragment for its dialog; without one the same preview is a page.
"""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from indicators.document.arrange import ArrangeError
from indicators.forms.pasting import ClipboardForm, PasteForm, UndoForm
from indicators.importers.clipboard import PasteRefusedError
from indicators.rows import load_table
from indicators.services.pasting import paste_into_table, undo_paste
from indicators.services.tables import NotEditableError, require_editable
from indicators.views.access import require_preparer, visible_declaration


def paste_preview(request, pk):
    """Show what a copied block would put where; by GET a page to paste it into."""
    declaration = _declaration(request, pk)
    try:
        require_editable(declaration)
    except NotEditableError as refusal:
        return _refuse(request, declaration, str(refusal), status=409)
    if request.method != "POST":
        form = ClipboardForm(initial={"text": ""})
        return render(request, "indicators/paste.html", _context(request, declaration, clipboard=form))
    try:
        form = _form(request, declaration)
    except PasteRefusedError as refusal:
        return _refuse(request, declaration, str(refusal), status=422)
    return _preview(request, declaration, form)


@require_POST
def paste_apply(request, pk):
    """Write what was shown and chosen. A preview whose columns were corrected is shown again first."""
    declaration = _declaration(request, pk)
    try:
        form = _form(request, declaration)
        if form.was_corrected:
            return _preview(request, declaration, form, notice="设置已改，核对后再粘贴。")
        if problem := form.problem():
            return _preview(request, declaration, form, problem=problem, status=422)
        paste = form.paste()
        pasted = paste_into_table(
            declaration=declaration, paste=paste, tiers=form.tiers.pairs, actor=request.user
        )
    except (PasteRefusedError, ArrangeError) as refusal:
        return _refuse(request, declaration, str(refusal), status=422)
    except NotEditableError as refusal:
        return _refuse(request, declaration, str(refusal), status=409)
    sentence = _sentence(paste, pasted)
    if not _is_script(request):
        messages.success(request, sentence)
        for reason in pasted.refused:
            messages.warning(request, reason)
        return redirect("table", pk=declaration.pk)
    token = UndoForm(declaration=declaration, user=request.user).token(paste)
    focus = f"indicators/{paste.added[0].uid}/name" if paste.added else paste.changes[0].path
    return _done(pasted, sentence, focus=focus, undo={"token": token})


@require_POST
def paste_undo(request, pk):
    """Take a paste back in one step."""
    declaration = _declaration(request, pk)
    paste = UndoForm(request.POST, declaration=declaration, user=request.user).paste()
    if paste is None:
        return JsonResponse({"problem": "没有可以撤销的粘贴。"}, status=422)
    try:
        undone = undo_paste(declaration=declaration, paste=paste, actor=request.user)
    except NotEditableError as refusal:
        return JsonResponse({"problem": str(refusal)}, status=409)
    return _done(undone, "已撤销粘贴。")


def _declaration(request, pk):
    declaration = visible_declaration(request.user, pk)
    require_preparer(request.user, declaration.department_year.department)
    return declaration


def _form(request, declaration) -> PasteForm:
    return PasteForm(request.POST, table=load_table(declaration), declaration=declaration, user=request.user)


def _preview(request, declaration, form: PasteForm, *, status: int = 200, **context):
    template = "_paste_preview.html" if _is_script(request) else "paste.html"
    return render(
        request,
        f"indicators/{template}",
        _context(request, declaration, form=form, **context),
        status=status,
    )


def _refuse(request, declaration, problem: str, *, status: int):
    template = "_paste_refused.html" if _is_script(request) else "paste.html"
    typed = ClipboardForm(initial={"text": request.POST.get("text", "")})
    context = _context(request, declaration, problem=problem, clipboard=typed)
    return render(request, f"indicators/{template}", context, status=status)


def _context(request, declaration, **context):
    return {"declaration": declaration, "filed": declaration.department_year, **context}


def _is_script(request) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _sentence(paste, pasted) -> str:
    written = len(paste.changes) - len(pasted.refused)
    parts = [
        f"新增{len(paste.added)}行指标" if paste.added else "",
        f"填入{written}格" if written > 0 else "",
    ]
    return f"已粘贴：{'，'.join(filter(None, parts)) or '没有变化'}。"


def _done(pasted, sentence: str, **answer) -> JsonResponse:
    return JsonResponse(
        {
            "revision": pasted.revision,
            "saved_at": f"{timezone.localtime():%H:%M}",
            "message": sentence,
            "refused": pasted.refused,
            **answer,
        }
    )
