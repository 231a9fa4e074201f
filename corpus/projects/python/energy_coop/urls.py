from django.urls import path

from coop import views

urlpatterns = [
    path("roofs/<int:pk>/draw/", views.DrawView.as_view()),
    path("roofs/<int:pk>/held-draw/", views.HeldDrawView.as_view()),
    path("roofs/<int:pk>/close/", views.CloseView.as_view()),
    path("roofs/<int:pk>/held-close/", views.HeldCloseView.as_view()),
    path("roofs/<int:pk>/spread/", views.SpreadView.as_view()),
    path("roofs/<int:pk>/stored-spread/", views.StoredSpreadView.as_view()),
    path("roofs/<int:pk>/settle/", views.SettleView.as_view()),
    path("roofs/<int:pk>/held-settle/", views.HeldSettleView.as_view()),
    path("roofs/drain/", views.drain),
    path("shares/<int:pk>/grow/", views.GrowView.as_view()),
    path("offers/<int:pk>/", views.OfferView.as_view()),
]
