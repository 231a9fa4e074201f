from django.urls import path

from gallery import views

urlpatterns = [
    path("works/<int:pk>/", views.work_page),
    path("works/<int:pk>/orders/<slug:kind>/", views.order),
    path("works/<int:pk>/frame/", views.frame),
    path("rooms/<int:pk>/labels/", views.labels),
]
