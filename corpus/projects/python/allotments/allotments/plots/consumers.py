from channels.generic.websocket import JsonWebsocketConsumer

from .models import Plot


class PlotConsumer(JsonWebsocketConsumer):
    def receive_json(self, content, **kwargs):
        plot = Plot.objects.get(pk=self.scope["url_route"]["kwargs"]["pk"])
        plot.waters = plot.waters + content["cans"]
        plot.save(update_fields=["waters"])  # expect: lost-update  # reached: WEBSOCKET /live/<int:pk>/
