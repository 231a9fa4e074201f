"""Shelves, as a class of methods."""
from flask import request
from flask.views import MethodView

from lending import store


class ShelfView(MethodView):
    def get(self, shelf_id: str):
        return store.load(shelf_id) or {}

    def patch(self, shelf_id: str):
        shelf = store.load(shelf_id)
        moved = int(request.get_json()["moved"])
        store.set_copies(shelf_id, shelf["copies"] - moved)
        return "", 204
