"""Thai dates, digits, order, text, numbers of persons, amounts and working days.

Pure functions without a database; each rule names where it comes from.
"""
