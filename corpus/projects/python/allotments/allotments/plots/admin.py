from django.contrib import admin

from .models import Plot


def empty_beds(modeladmin, request, queryset):
    for pk in queryset.values_list("pk", flat=True):
        plot = Plot.objects.get(pk=pk)
        plot.beds = plot.beds - 1
        plot.save(update_fields=["beds"])  # expect: lost-update  # reached: POST allotments.plots.admin.empty_beds


@admin.register(Plot)
class PlotAdmin(admin.ModelAdmin):
    actions = [empty_beds, "dig_beds"]

    def dig_beds(self, request, queryset):
        for pk in queryset.values_list("pk", flat=True):
            plot = Plot.objects.get(pk=pk)
            plot.beds = plot.beds + 1
            plot.save(update_fields=["beds"])  # expect: lost-update  # reached: POST allotments.plots.admin.PlotAdmin.dig_beds

    def response_change(self, request, obj):
        plot = Plot.objects.get(pk=obj.pk)
        plot.waters = plot.waters + 1
        plot.save(update_fields=["waters"])  # expect: lost-update  # reached: POST allotments.plots.admin.PlotAdmin.response_change
        return super().response_change(request, obj)
