from django.urls import path

from portal.desk.views import audit, evidence, guides, profile, records, reports, work

app_name = "desk"

urlpatterns = [
    path("", work.home, name="home"),
    path("audit/", audit.audit_list, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("profile/", profile.profile, name="profile"),
    path("record/", records.today, name="record_today"),
    path("record/entries/<int:pk>/", records.entry, name="entry"),
    path("record/entries/<int:pk>/delete/", records.entry_delete, name="entry_delete"),
    path("record/<str:day>/", records.record, name="record"),
    path("months/<str:month>/", records.month, name="month"),
    path("months/<str:month>/report.pdf", records.month_pdf, name="month_pdf"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/report.pdf", reports.report_pdf, name="report_pdf"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("help/", guides.index, name="help_index"),
    path("help/pictures/<str:name>", guides.picture, name="help_picture"),
    path("help/<slug:guide>/", guides.guide, name="help"),
]
