"""A makers' club: what belongs to a row that was made in this run is nobody else's yet."""
from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST


class DeskManager(models.Manager):
    def of(self, user: User) -> "Desk":
        try:
            return user.desk
        except Desk.DoesNotExist:
            desk = Desk(user=user)
            desk.save()
            return desk


class Desk(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE)
    lamp = models.CharField(max_length=20)
    tone = models.CharField(max_length=20)

    objects = DeskManager()

    class Meta:
        app_label = "makers"


class Kit(models.Model):
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE)
    title = models.CharField(max_length=40)
    parts = models.IntegerField(default=0)
    tools = models.ManyToManyField("Tool", related_name="kits")

    class Meta:
        app_label = "makers"


class Tool(models.Model):
    name = models.CharField(max_length=40)
    uses = models.IntegerField(default=0)

    class Meta:
        app_label = "makers"


class Drawer(models.Model):
    kit = models.ForeignKey(Kit, null=True, related_name="drawers", on_delete=models.CASCADE)
    label = models.CharField(max_length=20)
    screws = models.IntegerField(default=0)

    class Meta:
        app_label = "makers"


# case: id=py-dj-9860 label=safe tier=3 note=the other side of a one-to-one of a user that was made in this run
@require_POST
def join(request: HttpRequest) -> JsonResponse:
    # The user is new; a signal may have made the desk, but nobody else has it.
    user = User(username=request.POST["name"], email=request.POST["email"])
    user.set_unusable_password()
    user.save()
    desk = Desk.objects.of(user)
    desk.lamp = request.POST["lamp"]
    desk.save()
    return JsonResponse({"desk": desk.pk})


# case: id=py-dj-9861 label=race rule=stale-overwrite tier=1 note=the same of a user that was read
@require_POST
def move_lamp(request: HttpRequest, pk: int) -> JsonResponse:
    user = User.objects.get(pk=pk)
    desk = Desk.objects.of(user)
    desk.lamp = request.POST["lamp"]
    desk.save()  # expect: stale-overwrite
    return JsonResponse({"desk": desk.pk})


@require_POST
def recolour(request: HttpRequest, pk: int) -> JsonResponse:
    Desk.objects.filter(pk=pk).update(tone=request.POST["tone"])
    return JsonResponse({})


# case: id=py-dj-9862 label=safe tier=3 note=rows that belong to one which was made in this run
@require_POST
def start_kit(request: HttpRequest) -> JsonResponse:
    # The drawers come with the kit (a receiver makes them): they are as new as it is.
    kit = Kit.objects.create(title=request.POST["title"])
    drawer = Drawer.objects.get(kit=kit, label="small")
    drawer.screws += 10
    drawer.save(update_fields=["screws"])
    if not Drawer.objects.filter(kit=kit, label="wide").exists():
        Drawer.objects.create(kit=kit, label="wide")
    Drawer.objects.get_or_create(kit=kit, label="deep")
    return JsonResponse({"kit": kit.pk})


# case: id=py-dj-9863 label=race rule=lost-update tier=1 note=rows that belong to one which was read
@require_POST
def refill(request: HttpRequest, pk: int) -> JsonResponse:
    kit = Kit.objects.get(pk=pk)
    drawer = Drawer.objects.get(kit=kit, label="small")
    drawer.screws += 10
    drawer.save(update_fields=["screws"])  # expect: lost-update
    if not Drawer.objects.filter(kit=kit, label="wide").exists():
        Drawer.objects.create(kit=kit, label="wide")  # expect: check-then-create
    Drawer.objects.get_or_create(kit=kit, label="deep")  # expect: check-then-create
    return JsonResponse({"kit": kit.pk})


# case: id=py-dj-9864 label=race rule=lost-update tier=3 note=rows that were handed over to the new one
@require_POST
def take_over(request: HttpRequest) -> JsonResponse:
    # Drawers that were somebody's before they were handed over to the new kit.
    kit = Kit.objects.create(title=request.POST["title"])
    Drawer.objects.filter(pk__in=request.POST.getlist("drawers")).update(kit=kit)
    for drawer in Drawer.objects.filter(kit=kit):
        drawer.screws -= 1
        drawer.save(update_fields=["screws"])  # expect: lost-update
    return JsonResponse({"kit": kit.pk})


# case: id=py-dj-9879 label=race rule=lost-update tier=3 note=rows that were added to the new one by its relation
@require_POST
def collect(request: HttpRequest) -> JsonResponse:
    kit = Kit.objects.create(title=request.POST["title"])
    kit.drawers.add(*Drawer.objects.filter(pk__in=request.POST.getlist("drawers")))
    for drawer in kit.drawers.all():
        drawer.screws -= 1
        drawer.save(update_fields=["screws"])  # expect: lost-update
    return JsonResponse({"kit": kit.pk})


# case: id=py-dj-9865 label=race rule=lost-update tier=3 note=rows that go with several
@require_POST
def borrow(request: HttpRequest) -> JsonResponse:
    # Tools that go with a new kit go with others as well.
    kit = Kit.objects.create(title=request.POST["title"])
    kit.tools.set(request.POST.getlist("tools"))
    for tool in Tool.objects.filter(kits=kit):
        tool.uses += 1
        tool.save(update_fields=["uses"])  # expect: lost-update
    return JsonResponse({"kit": kit.pk})


# case: id=py-dj-9880 label=safe tier=3 note=the row itself, read again
@require_POST
def start_and_count(request: HttpRequest) -> JsonResponse:
    kit = Kit.objects.create(title=request.POST["title"])
    again = Kit.objects.get(pk=kit.pk)
    again.parts += int(request.POST["parts"])
    again.save(update_fields=["parts"])
    return JsonResponse({"parts": again.parts})


# case: id=py-dj-9881 label=race rule=lost-update tier=1 note=a row that was there
@require_POST
def count_parts(request: HttpRequest, pk: int) -> JsonResponse:
    kit = Kit.objects.get(pk=pk)
    kit.parts += int(request.POST["parts"])
    kit.save(update_fields=["parts"])  # expect: lost-update
    return JsonResponse({"parts": kit.parts})
