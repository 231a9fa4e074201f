from django.urls import path

from shows import views

urlpatterns = [
    path("tariffs/<str:name>/", views.tariff),
    path("domes/<int:pk>/reopen/", views.reopen),
]
