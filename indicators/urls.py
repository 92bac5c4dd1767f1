from django.urls import path

from indicators.views import (
    answers,
    attachments,
    booklet_upload,
    carrying,
    editing,
    findings,
    handover,
    library,
    library_import,
    library_insertion,
    lists,
    pages,
    pasting,
    project_list,
    rules,
    submission,
)

YEAR = "years/<int:year>/departments/<slug:code>/"

urlpatterns = [
    path(YEAR, lists.department_year, name="department-year"),
    path(f"{YEAR}submit/", submission.submit_tables, name="submit-tables"),
    path(f"{YEAR}edit/narrative/", editing.edit_narrative, name="edit-narrative"),
    path(f"{YEAR}projects/new/", editing.new_project, name="new-project"),
    path(f"{YEAR}explain/<slug:rule>/", answers.explain_rule, name="explain"),
    path("tables/<int:pk>/", pages.table, name="table"),
    path("tables/<int:pk>/withdraw/", submission.withdraw_table, name="withdraw-table"),
    path("hand-over/", handover.hand_over_drafts, name="hand-over"),
    path("tables/<int:pk>/fix/", answers.take_fix, name="apply-fix"),
    path("tables/<int:pk>/opinion/", answers.leave_opinion, name="save-opinion"),
    path("tables/<int:pk>/attachments/", attachments.attachments, name="attachments"),
    path("attachments/<int:pk>/file/", attachments.attachment_file, name="attachment-file"),
    path("attachments/<int:pk>/withdraw/", attachments.withdraw, name="withdraw-attachment"),
    path("tables/<int:pk>/paste/", pasting.paste_preview, name="paste-preview"),
    path("tables/<int:pk>/paste/apply/", pasting.paste_apply, name="paste-apply"),
    path("tables/<int:pk>/paste/undo/", pasting.paste_undo, name="paste-undo"),
    path("explanations/<int:pk>/verdict/", answers.judge, name="judge-explanation"),
    path("tables/<int:pk>/copy/", carrying.copy_into_table, name="copy-table"),
    path(f"{YEAR}copy/", carrying.copy_into_year, name="copy-year"),
    path("booklets/upload/", booklet_upload.upload_booklet, name="upload-booklet"),
    path("booklets/upload/<slug:uid>/", booklet_upload.booklet_preview, name="booklet-preview"),
    path("findings/", findings.finding_list, name="findings"),
    path("rules/", rules.rule_settings, name="rules"),
    path("library/", library.library_list, name="library"),
    path("library/search/", library_insertion.search, name="library-search"),
    path("library/proposals/", library.proposals, name="library-proposals"),
    path("library/import/", library_import.import_workbook, name="library-import"),
    path("library/<int:pk>/", library.indicator, name="library-indicator"),
    path("library/<int:pk>/edit/", library.edit_indicator, name="library-edit"),
    path("library/<int:pk>/standing/", library.move_indicator, name="library-standing"),
    path("tables/<int:pk>/library/", library_insertion.insert, name="library-insert"),
    path("tables/<int:pk>/library/propose/<slug:uid>/", library_insertion.propose, name="library-propose"),
    path("project-list/", project_list.upload, name="project-list"),
    path("project-list/<slug:uid>/", project_list.preview, name="project-list-preview"),
    path("project-list/<slug:uid>/columns/", project_list.columns, name="project-list-columns"),
    *(
        path(f"tables/<int:pk>/edit/{part.name}/", editing.edit_part, {"part": part}, name=part.address)
        for part in editing.PARTS
    ),
]
