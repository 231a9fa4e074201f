from django.apps import AppConfig
from django.db.models.signals import post_save


class VisitsConfig(AppConfig):
    name = "clinic.visits"

    def ready(self):
        from clinic.visits import handlers

        post_save.connect(handlers.count_change)
