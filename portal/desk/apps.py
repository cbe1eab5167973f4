from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "portal.desk"
    label = "desk"

    def ready(self) -> None:
        from portal.audit.service import let_read, name_actions, name_details
        from portal.core.registry import PublicUrl, menu_entries, public_urls
        from portal.desk.action_names import ACTION_NAMES, DETAIL_NAMES, DETAIL_VALUES
        from portal.desk.menu import (
            AuditEntry,
            EvidenceEntry,
            RecordEntry,
            ReportsEntry,
            WorkEntry,
        )
        from portal.desk.registration import register
        from portal.org.permissions import is_auditor, is_sysadmin

        let_read(is_auditor)
        let_read(is_sysadmin)
        name_actions(ACTION_NAMES)
        name_details(DETAIL_NAMES, values=DETAIL_VALUES)
        for entry in (WorkEntry, RecordEntry, ReportsEntry, EvidenceEntry, AuditEntry):
            menu_entries.register(entry())
        register()
        public_urls.register(
            PublicUrl(code="set_language", why="visitors choose their language as well")
        )
