from django.urls import path

from tannery import views

urlpatterns = [
    path("hides/<int:pk>/cut/", views.cut),
    path("hides/<int:pk>/cut-held/", views.cut_held),
    path("hides/<int:pk>/trim-held/", views.trim_held),
    path("hides/<int:pk>/trim/", views.trim),
    path("hides/<int:pk>/soak/", views.soak),
    path("hides/<int:pk>/grade/", views.grade),
    path("hides/<int:pk>/tan/", views.tan),
    path("hides/<int:pk>/treat/", views.treat),
    path("hides/<int:pk>/treat-held/", views.treat_held),
    path("hides/<int:pk>/move/", views.move),
    path("hides/<int:pk>/fold/", views.fold),
]
