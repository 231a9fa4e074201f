from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ShowsConfig(AppConfig):
    name = "shows"

    def ready(self):
        from shows.setup import ensure_tariff, recount_lamps

        post_migrate.connect(ensure_tariff, sender=self, dispatch_uid="shows.tariff")
        post_migrate.connect(recount_lamps, sender=self, dispatch_uid="shows.lamps")
