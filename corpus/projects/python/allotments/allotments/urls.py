from channels.routing import ProtocolTypeRouter, URLRouter
from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter, SimpleRouter

from .plots import consumers, views

router = DefaultRouter(trailing_slash=False)
router.register("plots", views.PlotViewSet, basename="plots")
sheds = SimpleRouter()
sheds.register("sheds", views.ShedViewSet)
sheds.register("tools", views.ToolViewSet)
gate = ([path("<int:pk>/open/", views.open_gate)], "gate")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include(router.urls)),
    path("v2/", include(sheds.urls)),
    path("sheds/<int:pk>/key/", views.ShedViewSet.as_view({"put": "update"})),
    path("gates/", include(gate)),
    path("tools/<slug:slug>/", views.ToolView.as_view()),
]
application = ProtocolTypeRouter({
    "websocket": URLRouter([path("live/<int:pk>/", consumers.PlotConsumer.as_asgi())]),
})
