from django.urls import path

from ferry import views

urlpatterns = [
    path("berths/<int:pk>/take/", views.take),
    path("berths/<int:pk>/take-held/", views.take_held),
]
