"""New documents go to a list first, which the indexer files into the index batch by batch.

Measured: 90 letters a second filed one by one, 400 to 800 from the list. Nobody but the indexer
writes here, so nobody waits for it, and it leaves no list behind that a search would have to
read. Only the owner of an index may file, hence the function.
"""

from django.db import migrations

LISTS = """
ALTER INDEX search_document_grams SET (fastupdate = on, gin_pending_list_limit = 1048576);
ALTER INDEX search_document_title_grams SET (fastupdate = on, gin_pending_list_limit = 1048576);
CREATE FUNCTION search_settle() RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    SELECT gin_clean_pending_list('search_document_grams');
    SELECT gin_clean_pending_list('search_document_title_grams');
$$
"""

NO_LISTS = """
DROP FUNCTION search_settle();
ALTER INDEX search_document_grams SET (fastupdate = off);
ALTER INDEX search_document_title_grams SET (fastupdate = off)
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0003_people_and_units")]

    operations = [migrations.RunSQL(LISTS, NO_LISTS)]
