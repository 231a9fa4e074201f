"""Horses of a stable: names are looked up by an index, items are saved under new ids."""
import uuid

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model


class NameIndex(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-name"
        projection = AllProjection()

    name = UnicodeAttribute(hash_key=True)
    born = NumberAttribute(range_key=True)


class Horse(Model):
    class Meta:
        table_name = "horses"

    horse_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    born = NumberAttribute()
    by_name = NameIndex()


class NameTaken(Exception):
    pass


# case: id=py-ddb-1540 label=race rule=check-then-create tier=2 note=counted on the index, then saved under a new id
def register(name: str, born: int) -> str:
    if Horse.by_name.count(name) > 0:
        raise NameTaken(name)
    horse = Horse(uuid.uuid4().hex, name=name, born=born)
    horse.save()  # expect: check-then-create
    return horse.horse_id


# case: id=py-ddb-1541 label=race rule=check-then-create tier=2 note=asked of the index, then saved under a new id
def register_unless_found(name: str, born: int) -> str:
    found = list(Horse.by_name.query(name, limit=1))
    if found:
        return found[0].horse_id
    horse = Horse(uuid.uuid4().hex, name=name, born=born)
    horse.save()  # expect: check-then-create
    return horse.horse_id


# case: id=py-ddb-1542 label=safe tier=2 note=the name is the key, and may not be there yet
def register_by_key(name: str, born: int) -> bool:
    horse = Horse(name, name=name, born=born)
    try:
        horse.save(condition=Horse.horse_id.does_not_exist())
    except PutError:
        return False
    return True


# case: id=py-ddb-1543 label=safe tier=2 note=found by another name than the one that is saved
def register_foal(dam: str, name: str, born: int) -> str:
    if Horse.by_name.count(dam) == 0:
        raise KeyError(dam)
    horse = Horse(uuid.uuid4().hex, name=name, born=born)
    horse.save(condition=Horse.horse_id.does_not_exist())
    return horse.horse_id
