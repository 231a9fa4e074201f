"""An application that a function makes, and one that lists its resources."""
import os

import boto3
from flask import Flask, request
from flask_restful import Api, Resource

loaves = boto3.resource("dynamodb").Table(os.environ["LOAVES_TABLE"])


def create_app():
    app = Flask(__name__)

    @app.route("/loaves/<name>/bake", methods=["POST"])
    def bake(name):
        row = loaves.get_item(Key={"name": name})["Item"]
        loaves.update_item(  # expect: lost-update  # reached: POST /loaves/<name>/bake
            Key={"name": name},
            UpdateExpression="SET baked = :n",
            ExpressionAttributeValues={":n": row["baked"] + 1},
        )
        return "", 204

    return app


api = Api(Flask("orders"), prefix="/v1")


class Order(Resource):
    def get(self, name):
        return loaves.get_item(Key={"name": name})["Item"]

    def put(self, name):
        row = loaves.get_item(Key={"name": name})["Item"]
        loaves.update_item(  # expect: lost-update  # reached: PUT /v1/order/<name>, PUT /v1/orders/<name>
            Key={"name": name},
            UpdateExpression="SET ordered = :n",
            ExpressionAttributeValues={":n": row["ordered"] + request.json["n"]},
        )
        return row


api.add_resource(Order, "/orders/<name>", "/order/<name>")
