from flask import Blueprint
from flask.views import MethodView

from .store import machines

blueprint = Blueprint("machines", __name__, url_prefix="/machines")
service = Blueprint("service", __name__, url_prefix="/service")
repairs = Blueprint("repairs", __name__, url_prefix="/repairs")
service.register_blueprint(repairs)


def add_resource(view, path):
    blueprint.add_url_rule(f"{path}/<machine_id>", view_func=view.as_view(path), methods=["GET", "PUT", "DELETE"])


class Runs(MethodView):
    def put(self, machine_id):
        row = machines.get_item(Key={"id": machine_id})["Item"]
        machines.put_item(Item={**row, "runs": row["runs"] + 1})  # expect: lost-update  # reached: PUT /machines/runs/<machine_id>
        return "", 204


class Coins(MethodView):
    def put(self, machine_id):
        row = machines.get_item(Key={"id": machine_id})["Item"]
        machines.put_item(Item={**row, "coins": row["coins"] + 1})  # expect: lost-update  # reached: PUT /machines/coins/<machine_id>
        return "", 204


add_resource(Runs, "/runs")
add_resource(Coins, path="/coins")


@repairs.before_request
def count_repairs():
    row = machines.get_item(Key={"id": "repairs"})["Item"]
    machines.put_item(Item={**row, "asked": row["asked"] + 1})  # expect: lost-update  # reached: /engineers/repairs/*


@repairs.post("/<machine_id>")
def repair(machine_id):
    row = machines.get_item(Key={"id": machine_id})["Item"]
    machines.put_item(Item={**row, "repairs": row["repairs"] + 1})  # expect: lost-update  # reached: POST /engineers/repairs/<machine_id>
    return "", 204
