"""Songbooks by title: what a request holds is what was sent, whatever it is asked by."""

import uuid

import boto3
from boto3.dynamodb.conditions import Key
from flask import Flask, request, session

app = Flask(__name__)
table = boto3.resource("dynamodb").Table("songbooks")


def titled(title):
    found = table.query(IndexName="by_title", KeyConditionExpression=Key("title").eq(title))
    return found["Items"]


@app.route("/songbooks", methods=["POST"])
def add():
    sent = request.get_json()
    if titled(sent["title"]):
        return "taken", 409
    table.put_item(Item={"id": str(uuid.uuid4()), "title": sent["title"]})  # expect: check-then-create
    return "added", 201


@app.route("/songbooks/raw", methods=["POST"])
def add_raw():
    title = request.get_data(as_text=True)
    if titled(title):
        return "taken", 409
    table.put_item(Item={"id": str(uuid.uuid4()), "title": title})  # expect: check-then-create
    return "added", 201


@app.route("/shelf", methods=["POST"])
def open_shelf():
    reader = session.get("reader")
    if "Item" in table.get_item(Key={"id": reader}):
        return "open already", 409
    table.put_item(Item={"id": reader, "title": "shelf", "books": []})  # expect: check-then-create
    return "opened", 201


@app.route("/shelf/careful", methods=["POST"])
def open_shelf_once():
    reader = session.get("reader")
    if "Item" in table.get_item(Key={"id": reader}):
        return "open already", 409
    try:
        table.put_item(
            Item={"id": reader, "title": "shelf", "books": []},
            ConditionExpression="attribute_not_exists(id)",
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        return "open already", 409
    return "opened", 201


@app.route("/songbooks/drawn", methods=["POST"])
def add_drawn():
    """Nobody else draws the same number."""
    number = uuid.uuid4().hex
    if "Item" in table.get_item(Key={"id": number}):
        return "again", 503
    table.put_item(Item={"id": number, "title": request.get_json()["title"]})
    return "added", 201
