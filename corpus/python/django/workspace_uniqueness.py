"""Workspaces: records that should exist once, with and without a constraint that says so."""
from __future__ import annotations

import logging
from itertools import count
from typing import Any, Iterable

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.text import slugify

logger = logging.getLogger(__name__)


class Duplicate(Exception):
    pass


class Workspace(models.Model):
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        app_label = "workspaces"


class Topic(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="topics")
    title = models.CharField(max_length=80)

    class Meta:
        app_label = "workspaces"


class Label(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="labels")
    text = models.CharField(max_length=40)
    color = models.CharField(max_length=7, default="#cccccc")

    class Meta:
        app_label = "workspaces"
        unique_together = [("workspace", "text")]


class Page(models.Model):
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140)

    class Meta:
        app_label = "workspaces"


class Handbook(models.Model):
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)

    class Meta:
        app_label = "workspaces"


class Assignment(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=20)

    class Meta:
        app_label = "workspaces"
        constraints = [models.UniqueConstraint(fields=["user", "workspace"], name="one_role_per_workspace")]


class Invitation(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    state = models.CharField(max_length=10, default="sent")

    class Meta:
        app_label = "workspaces"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "email"], condition=Q(state="sent"), name="one_open_invitation"
            )
        ]


class Usage(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    month = models.CharField(max_length=7)
    minutes = models.IntegerField(default=0)

    class Meta:
        app_label = "workspaces"
        unique_together = [("workspace", "month")]


class Preferences(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    locale = models.CharField(max_length=8, default="en")

    class Meta:
        app_label = "workspaces"


def free_slug(model: type[models.Model], title: str) -> str:
    base = slugify(title)[:130]
    candidate = base
    for suffix in count(2):
        if not model._default_manager.filter(slug=candidate).exists():
            return candidate
        candidate = f"{base}-{suffix}"
    raise AssertionError("unreachable")


# case: id=py-dj-2020 label=race rule=check-then-create tier=3 note=slug searched in a helper, the column is not unique
def add_page(title: str) -> Page:
    slug = free_slug(Page, title)
    return Page.objects.create(title=title, slug=slug)  # expect: check-then-create


# case: id=py-dj-2021 label=safe tier=3 note=same search, unique slug and the conflict tried again
def add_handbook(title: str, attempts: int = 5) -> Handbook:
    for _ in range(attempts):
        try:
            with transaction.atomic():
                return Handbook.objects.create(title=title, slug=free_slug(Handbook, title))
        except IntegrityError:
            logger.info("slug of %r was taken meanwhile", title)
    raise Duplicate(title)


# case: id=py-dj-2022 label=race rule=check-then-create tier=1 note=truth of a queryset, then constructor and save
def open_topic(workspace: Workspace, title: str) -> Topic:
    if Topic.objects.filter(workspace=workspace, title__iexact=title):
        raise Duplicate(title)
    topic = Topic(workspace=workspace, title=title)
    topic.save()  # expect: check-then-create
    return topic


# case: id=py-dj-2023 label=race rule=check-then-create tier=2 note=reverse manager on both sides, no constraint
def topic_for(workspace_id: int, title: str) -> Topic:
    workspace = Workspace.objects.get(pk=workspace_id)
    topic = workspace.topics.filter(title=title).first()
    if topic is None:
        topic = workspace.topics.create(title=title)  # expect: check-then-create
    return topic


# case: id=py-dj-2024 label=safe tier=2 note=reverse manager, unique pair, get_or_create
def label_for(workspace_id: int, text: str) -> Label:
    workspace = Workspace.objects.get(pk=workspace_id)
    label, created = workspace.labels.get_or_create(text=text.strip().lower())
    if created:
        logger.info("new label %s in %s", text, workspace.name)
    return label


# case: id=py-dj-2025 label=race rule=check-then-create tier=2 note=set difference and bulk_create, ignore_conflicts has no constraint to meet
def import_topics(workspace: Workspace, titles: Iterable[str]) -> int:
    known = set(Topic.objects.filter(workspace=workspace).values_list("title", flat=True))
    missing = set(titles) - known
    Topic.objects.bulk_create(  # expect: check-then-create
        [Topic(workspace=workspace, title=title) for title in sorted(missing)],
        ignore_conflicts=True,
    )
    return len(missing)


# case: id=py-dj-2026 label=safe tier=2 note=set difference only saves work, the unique pair and ignore_conflicts decide
def import_labels(workspace: Workspace, texts: Iterable[str]) -> None:
    known = set(Label.objects.filter(workspace=workspace).values_list("text", flat=True))
    Label.objects.bulk_create(
        [Label(workspace=workspace, text=text) for text in sorted(set(texts) - known)],
        ignore_conflicts=True,
    )


# case: id=py-dj-2027 label=race rule=check-then-create tier=2 note=workspace is NULL for global roles, a unique index lets several NULLs in
def grant_global_role(user: Any, role: str) -> Assignment:
    assignment = Assignment.objects.filter(user=user, workspace__isnull=True).first()
    if assignment is not None:
        raise Duplicate(f"{user} is {assignment.role} already")
    return Assignment.objects.create(user=user, workspace=None, role=role)  # expect: check-then-create


# case: id=py-dj-2028 label=safe tier=2 note=with a workspace the constraint covers the pair, conflict handled
def grant_role(user: Any, workspace: Workspace, role: str) -> Assignment:
    if Assignment.objects.filter(user=user, workspace=workspace).exists():
        raise Duplicate(workspace.name)
    try:
        with transaction.atomic():
            return Assignment.objects.create(user=user, workspace=workspace, role=role)
    except IntegrityError:
        raise Duplicate(workspace.name) from None


# case: id=py-dj-2029 label=race rule=check-then-create tier=2 note=the conditional constraint covers state sent, this row is a draft
def draft_invitation(workspace: Workspace, email: str) -> Invitation:
    if workspace.invitations.filter(email=email, state="draft").exists():
        raise Duplicate(email)
    return workspace.invitations.create(email=email, state="draft")  # expect: check-then-create


# case: id=py-dj-2030 label=safe tier=2 note=state sent is what the conditional constraint covers
def invite(workspace: Workspace, email: str) -> Invitation:
    if workspace.invitations.filter(email=email, state="sent").exists():
        raise Duplicate(email)
    try:
        with transaction.atomic():
            return workspace.invitations.create(email=email, state="sent")
    except IntegrityError as exc:
        raise Duplicate(email) from exc


# case: id=py-dj-2031 label=race rule=lost-update tier=2 note=update_or_create locks, but its defaults were computed from an earlier read
def add_minutes(workspace: Workspace, month: str, minutes: int) -> None:
    used = (
        Usage.objects.filter(workspace=workspace, month=month).values_list("minutes", flat=True).first()
    ) or 0
    Usage.objects.update_or_create(  # expect: lost-update
        workspace=workspace, month=month, defaults={"minutes": used + minutes}
    )


# case: id=py-dj-2032 label=safe tier=2 note=expression in defaults, plain value in create_defaults, unique pair
def add_minutes_in_store(workspace: Workspace, month: str, minutes: int) -> None:
    Usage.objects.update_or_create(
        workspace=workspace,
        month=month,
        defaults={"minutes": F("minutes") + minutes},
        create_defaults={"minutes": minutes},
    )


# case: id=py-dj-2033 label=safe tier=1 note=update_or_create on the unique pair with values from outside
def recolor(workspace: Workspace, text: str, color: str) -> Label:
    label, _ = Label.objects.update_or_create(workspace=workspace, text=text, defaults={"color": color})
    return label


# case: id=py-dj-2034 label=race rule=check-then-create tier=1 note=get_or_create on a column without a constraint
def page_by_slug(slug: str, title: str) -> Page:
    page, created = Page.objects.get_or_create(slug=slug, defaults={"title": title})  # expect: check-then-create
    logger.debug("page %s %s", page.pk, "created" if created else "found")
    return page


# case: id=py-dj-2035 label=safe tier=2 note=hasattr on a one-to-one, its unique column decides, read again on conflict
def preferences_of(user: Any) -> Preferences:
    if hasattr(user, "preferences"):
        return user.preferences
    try:
        with transaction.atomic():
            return Preferences.objects.create(user=user)
    except IntegrityError:
        return Preferences.objects.get(user=user)
