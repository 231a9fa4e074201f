from __future__ import annotations

import boto3
from flask import Blueprint, current_app, g, request

from .services import Launches, Rosters
from .stores import CrewStore, HullStore

api = Blueprint("slipway", __name__)


def crew_store() -> CrewStore:
    if "crews" not in g:
        g.crews = CrewStore(current_app.extensions["dynamodb"].Table(CrewStore.name))
    return g.crews


@api.post("/hulls/<hull_id>/launch")
def launch(hull_id: str):
    body = request.get_json()
    crews = CrewStore(boto3.resource("dynamodb").Table(CrewStore.name))
    Launches(boto3.client("dynamodb"), HullStore(), crews).launch(hull_id, body["crews"], int(body["hours"]))
    return "", 204


@api.post("/crews/<crew_id>/rest")
def rest(crew_id: str):
    Rosters(crew_store()).rest(crew_id, int(request.get_json()["hours"]))
    return "", 204
