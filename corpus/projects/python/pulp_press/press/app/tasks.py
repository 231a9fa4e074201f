"""What runs in the workers."""
from press.app.models import Ledger, Plate, Press


# case: id=py-dj-8320 label=safe tier=2 note=wherever it is enqueued the press is held, told by its key
def print_sheets(press_pk, sheets):
    press = Press.objects.get(pk=press_pk)
    press.printed = press.printed + sheets
    press.save(update_fields=["printed"])


# case: id=py-dj-8321 label=race rule=lost-update tier=2 note=enqueued from one place with the press shared only
def clean(press_pk):
    press = Press.objects.get(pk=press_pk)
    press.cleaned = press.cleaned + 1
    press.save(update_fields=["cleaned"])  # expect: lost-update


# case: id=py-dj-8322 label=race rule=lost-update tier=2 note=held while it runs as a task, and called by a view as well
def oil(press_pk):
    press = Press.objects.get(pk=press_pk)
    press.oiled = press.oiled + 1
    press.save(update_fields=["oiled"])  # expect: lost-update


# case: id=py-dj-8323 label=race rule=lost-update tier=2 note=another press is held than the one that is counted
def hand_over(from_pk, to_pk):
    press = Press.objects.get(pk=to_pk)
    press.next_run = press.next_run + 1
    press.save(update_fields=["next_run"])  # expect: lost-update


# case: id=py-dj-8324 label=safe tier=2 note=the press of the plate is held, and told by the plate
def wear(plate_pk, by):
    plate = Plate.objects.get(pk=plate_pk)
    plate.worn = plate.worn + by
    plate.save(update_fields=["worn"])


# case: id=py-dj-8325 label=safe tier=2 note=one lock for all runs of the task
def book(sheets):
    ledger = Ledger.objects.get(pk=1)
    ledger.sheets = ledger.sheets + sheets
    ledger.save(update_fields=["sheets"])


# case: id=py-dj-8326 label=race rule=lost-update tier=2 note=two names for what is to be one lock
def book_spoilt(sheets):
    ledger = Ledger.objects.get(pk=1)
    ledger.spoilt = ledger.spoilt + sheets
    ledger.save(update_fields=["spoilt"])  # expect: lost-update


# case: id=py-dj-8327 label=safe tier=2 note=handed on by an attribute of the view's class, which only enqueues it
def pause(press_pk, hours):
    press = Press.objects.get(pk=press_pk)
    if not press.paused:
        press.next_run = press.next_run + hours
        press.paused = True
        press.save(update_fields=["paused", "next_run"])
