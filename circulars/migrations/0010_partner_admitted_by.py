import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("circulars", "0009_work_on_received_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="exchangepartner",
            name="added_by",
            # No installation has a partner yet: the default is never used.
            field=models.ForeignKey(
                default=0,
                help_text="In whose name the letters of this partner are taken in.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="admitted by",
            ),
            preserve_default=False,
        ),
    ]
