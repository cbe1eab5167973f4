"""Tells the planner what taking a text apart costs.

By the usual price of a function it reads a small table from end to end, takes every text apart,
and needs a second where the index needs a millisecond.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0004_settle")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION search_grams(text, text[]) COST 100000",
            "ALTER FUNCTION search_grams(text, text[]) COST 100",
        )
    ]
