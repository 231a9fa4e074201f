from django.urls import path

from harbour.dues import views as dues
from harbour.quays import views as quays

urlpatterns = [
    path("quays/<int:pk>/moor/", quays.moor),
    path("quays/<int:pk>/moor-held/", quays.moor_held),
    path("quays/<int:pk>/moor-entered/", quays.moor_entered),
    path("quays/<int:pk>/moor-stacked/", quays.moor_stacked),
    path("quays/<int:pk>/moor-collected/", quays.moor_collected),
    path("quays/<int:pk>/moor-open/", quays.moor_open),
    path("quays/<int:pk>/moor-late/", quays.moor_late),
    path("quays/<int:pk>/moor-early/", quays.moor_early),
    path("dues/<int:pk>/<str:side>/", dues.change),
    path("dues/<int:pk>/charge/", dues.charge),
    path("dues/<int:pk>/charge-held/", dues.charge_held),
    path("dues/<int:pk>/waive/", dues.waive),
    path("registers/<str:name>/", dues.enter),
    path("registers/<str:name>/count/", dues.count),
]
