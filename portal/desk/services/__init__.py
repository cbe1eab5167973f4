from portal.desk.services.profile import check_phone, choose_language, update_profile

__all__ = ["check_phone", "choose_language", "update_profile"]
