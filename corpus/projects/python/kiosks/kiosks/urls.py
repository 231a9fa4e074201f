"""What the kiosks ask."""
from django.urls import path

from . import views

urlpatterns = [
    path("kiosks/<int:pk>/open/", views.open_kiosk),
    path("kiosks/<int:pk>/close/", views.close_kiosk),
]
