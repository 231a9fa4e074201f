from flask import Blueprint
from flask_restx import Resource

from .store import members

blueprint = Blueprint("members", __name__, url_prefix="/members")


@blueprint.post("/<member_id>/credit")
def credit(member_id):
    row = members.get_item(Key={"id": member_id})["Item"]
    members.put_item(Item={**row, "credit": row["credit"] + 1})  # expect: lost-update  # reached: POST /members/<member_id>/credit
    return "", 204


class Desk(Resource):
    def patch(self, member_id):
        row = members.get_item(Key={"id": member_id})["Item"]
        members.put_item(Item={**row, "visits": row["visits"] + 1})  # expect: lost-update  # reached: PATCH /v2/desk/members/<member_id>
        return "", 204
