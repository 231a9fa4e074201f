"""The web application, made anew for each process."""
from flask import Flask, request
from flask_restx import Api

from . import hooks, machines, members
from .store import visits


def count_visit():
    row = visits.get_item(Key={"ip": request.remote_addr}).get("Item", {"n": 0})
    visits.put_item(Item={"ip": request.remote_addr, "n": row["n"] + 1})  # expect: lost-update  # reached: /*


def note_failure(error):
    row = visits.get_item(Key={"ip": "failures"})["Item"]
    visits.put_item(Item={"ip": "failures", "n": row["n"] + 1})  # expect: lost-update  # reached: /*
    return "", 500


def create_app():
    app = Flask(__name__)
    app.before_request(count_visit)
    app.register_error_handler(500, note_failure)
    hooks.install(app)
    for blueprint in (machines.blueprint, members.blueprint):
        app.register_blueprint(blueprint)
    app.register_blueprint(machines.service, url_prefix="/engineers")
    api = Api(app, prefix="/v2")
    desk = api.namespace("desk")
    desk.add_resource(members.Desk, "/members/<member_id>")
    return app
