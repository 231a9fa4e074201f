"""Reminders: the next one in the queue is taken for there, and a letter goes out for it."""
from __future__ import annotations

from django.core.mail import send_mail
from django.db import models


class Reminder(models.Model):
    address = models.EmailField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="due")

    class Meta:
        app_label = "reminders"


# case: id=py-dj-9721 label=race rule=check-then-act tier=2 note=two runs find the same one, and both write
def remind_next():
    reminder = Reminder.objects.filter(state="due").order_by("due_at").first()
    Reminder.objects.filter(pk=reminder.pk).update(state="sent")  # expect: check-then-act
    send_mail("Reminder", "It is due.", "desk@example.org", [reminder.address])


# case: id=py-dj-9722 label=safe tier=2 note=the state is asked again by the update, and its count decides
def remind_next_once():
    reminder = Reminder.objects.filter(state="due").order_by("due_at").first()
    if Reminder.objects.filter(pk=reminder.pk, state="due").update(state="sent"):
        send_mail("Reminder", "It is due.", "desk@example.org", [reminder.address])
