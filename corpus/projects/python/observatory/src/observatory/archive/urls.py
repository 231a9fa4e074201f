from django.urls import path

from . import plates

urlpatterns = [path("plates/<int:pk>/returned/", plates.returned)]
