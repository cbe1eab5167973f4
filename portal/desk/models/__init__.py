from portal.desk.models.reports import DayEntry, MonthReport

__all__ = ["DayEntry", "MonthReport"]
