from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.fields.reverse_related import ForeignObjectRel

if TYPE_CHECKING:
    from portal.users.models import User


class StoredFileQuerySet(models.QuerySet):
    def unattached_of(self, user: "User") -> "StoredFileQuerySet":
        """What ``user`` uploaded and no page has taken over; theirs alone."""
        return self.filter(uploaded_by=user, is_attached=False)

    def unreferenced(self) -> "StoredFileQuerySet":
        """Files that no row of any app points at by foreign key."""
        return self.exclude(_pointed_at(self.model))


def _pointed_at(model: type[models.Model]) -> models.Q:
    condition = models.Q(pk__in=[])
    for relation in model._meta.get_fields(include_hidden=True):
        key = relation.field if isinstance(relation, ForeignObjectRel) else None
        if isinstance(key, models.ForeignKey):
            rows = key.model._base_manager.filter(**{key.attname: OuterRef("pk")})
            condition |= models.Q(Exists(rows))
    return condition
