from django.urls import path

from reports import (
    audit_views,
    backfill_views,
    findings_views,
    library_views,
    progress_views,
    public_views,
    publication_views,
    review_views,
    trail_views,
    version_views,
    views,
)

YEAR = "years/<int:year>/departments/<slug:code>/"

urlpatterns = [
    path("tables/<int:pk>/file.<slug:extension>", views.table_file, name="table-file"),
    path(
        "years/<int:year>/departments/<slug:code>/booklet.<slug:extension>",
        views.booklet_file,
        name="booklet-file",
    ),
    path(
        "years/<int:year>/departments/<slug:code>/summary.<slug:extension>",
        views.summary_file,
        name="summary-file",
    ),
    path(
        "tables/<int:pk>/review-sheet.<slug:extension>",
        review_views.review_sheet_file,
        name="review-sheet-file",
    ),
    path("approvals/<int:pk>/file.<slug:extension>", review_views.approval_file, name="approval-file"),
    path(
        "years/<int:year>/departments/<slug:code>/opinion.<slug:extension>",
        review_views.opinion_letter_file,
        name="opinion-letter-file",
    ),
    path(f"{YEAR}publication/", publication_views.publication, name="publication"),
    path(f"{YEAR}publication/publish/", publication_views.publish, name="publish"),
    path(f"{YEAR}publication/preview.pdf", publication_views.publication_preview, name="publication-preview"),
    path("publications/<int:pk>/address/", publication_views.portal_address, name="portal-address"),
    path(
        "publications/<int:pk>/file.<slug:extension>",
        publication_views.published_file,
        name="published-file",
    ),
    path("public/", public_views.public_list, name="public-list"),
    path("public/<int:year>/<slug:code>/", public_views.public_booklet, name="public-booklet"),
    path(
        "public/<int:year>/<slug:code>/booklet.<slug:extension>",
        public_views.public_file,
        name="public-file",
    ),
    path(
        "tables/<int:pk>/versions/<int:version>/file.<slug:extension>",
        version_views.table_version_file,
        name="version-file",
    ),
    path(
        "years/<int:year>/departments/<slug:code>/versions/<int:version>/file.<slug:extension>",
        version_views.narrative_version_file,
        name="narrative-version-file",
    ),
    path(
        "tables/<int:pk>/adjustment.<slug:extension>",
        version_views.adjustment_file,
        name="adjustment-file",
    ),
    path(
        f"{YEAR}narrative/adjustment.<slug:extension>",
        version_views.narrative_adjustment_file,
        name="narrative-adjustment-file",
    ),
    path(
        "years/<int:year>/departments/<slug:code>/adjustments.<slug:extension>",
        version_views.adjustments_file,
        name="adjustments-file",
    ),
    path("tables/selected/", views.selected_files, name="selected-files"),
    path("backfill/", backfill_views.backfill, name="backfill"),
    path("backfill/workbook.xlsx", backfill_views.backfill_workbook, name="backfill-workbook"),
    path("backfill/templates/new/", backfill_views.new_template, name="backfill-template-new"),
    path("backfill/templates/<int:pk>/", backfill_views.template_columns, name="backfill-template"),
    path(
        "years/<int:year>/progress/workbook.xlsx", progress_views.progress_workbook, name="progress-workbook"
    ),
    path("audit/", audit_views.audit_search, name="audit-search"),
    path("library/workbook.xlsx", library_views.library_workbook, name="library-workbook"),
    path("findings/workbook.xlsx", findings_views.findings_workbook, name="findings-workbook"),
    path("audit/workbook.xlsx", audit_views.audit_workbook, name="audit-workbook"),
    path("trail/", trail_views.trail_search, name="trail-search"),
    path("trail/workbook.xlsx", trail_views.trail_workbook, name="trail-workbook"),
    path("trail-head/", trail_views.trail_head, name="trail-head"),
    path("trail-head/file.json", trail_views.trail_head_file, name="trail-head-file"),
    path("security-log/", trail_views.security_log, name="security-log"),
    path("security-log/workbook.xlsx", trail_views.security_workbook, name="security-workbook"),
]
