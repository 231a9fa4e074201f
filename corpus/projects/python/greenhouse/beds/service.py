from __future__ import annotations

from pydantic import BaseModel

from core.table import Store


class Bed(BaseModel):
    id: str
    litres: int = 0
    state: str = "idle"
    started: int = 0
    title: str = ""


class BedForm(BaseModel):
    title: str | None = None


beds: Store[Bed] = Store(Bed, "beds")


class WrongState(Exception):
    pass


# case: id=py-ddb-7860 label=race rule=lost-update tier=4 note=the sum is made here, the store sets whatever it is given
def water(bed_id: str, litres: int) -> None:
    bed = beds.get(bed_id)
    beds.patch(bed_id, {"litres": bed.litres + litres, "state": "wet"})  # expect: lost-update


# case: id=py-ddb-7861 label=safe tier=4 note=what was read goes along as the condition
def drain(bed_id: str, litres: int) -> None:
    bed = beds.get(bed_id)
    beds.patch(bed_id, {"litres": bed.litres - litres}, only_if={"litres": bed.litres})


# case: id=py-ddb-7862 label=safe tier=4 note=the tested state stands in the condition, the time is made of a column that stays
def finish(bed_id: str, now: int) -> None:
    bed = beds.get(bed_id)
    if bed.state != "wet":
        raise WrongState(bed_id)
    beds.patch(
        bed_id,
        {"state": "done", "ended": now, "lasted": now - bed.started},
        only_if={"state": "wet"},
    )


# case: id=py-ddb-7863 label=race rule=stale-overwrite tier=4 note=the whole bed is put back for its title
def rename(bed_id: str, form: BedForm) -> None:
    bed = beds.get(bed_id)
    beds.save(bed.model_copy(update=form.model_dump(exclude_unset=True)))  # expect: stale-overwrite


# case: id=py-ddb-7864 label=safe tier=4 note=nothing but the title is set
def entitle(bed_id: str, form: BedForm) -> None:
    beds.patch(bed_id, {"title": form.title})
