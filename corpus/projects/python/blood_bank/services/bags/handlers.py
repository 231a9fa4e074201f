"""Lambda functions of the bags."""

import json

from bags.table import BagTable
from tablekit import Conflict, NotFound, with_retries

bags = BagTable()


def _answer(status, **body):
    return {"statusCode": status, "body": json.dumps(body)}


def draw(event, context):
    """Some blood is taken out of a bag."""
    body = json.loads(event["body"])
    bag = bags.fetch(event["pathParameters"]["id"])
    if bag.millilitres < body["millilitres"]:
        return _answer(409, error="not enough")
    bag.millilitres -= body["millilitres"]
    bags.store(bag)  # todo: lost-update
    return _answer(200, left=bag.millilitres)


def draw_unchanged(event, context):
    body = json.loads(event["body"])

    def attempt():
        bag = bags.fetch(event["pathParameters"]["id"])
        if bag.millilitres < body["millilitres"]:
            return None
        bag.millilitres -= body["millilitres"]
        bags.store_if_unchanged(bag)
        return bag.millilitres

    left = with_retries(attempt)
    return _answer(200, left=left) if left is not None else _answer(409, error="not enough")


def draw_stale(event, context):
    """Tries again with what it has read before: the bag is read once only, and the condition holds against it."""
    bag = bags.fetch(event["pathParameters"]["id"])
    bag.millilitres -= json.loads(event["body"])["millilitres"]
    try:
        bags.store_if_unchanged(bag)
    except Conflict:
        return _answer(409, error="changed meanwhile")
    return _answer(200, left=bag.millilitres)


def reserve(event, context):
    try:
        bag = bags.fetch(event["pathParameters"]["id"])
    except NotFound:
        return _answer(404)
    if bag.state != "fresh":
        return _answer(409, state=bag.state)
    bag.state = "reserved"
    bag.reserved_for = json.loads(event["body"])["patient"]
    bags.store(bag)  # todo: check-then-act|lost-update
    return _answer(204)


def reserve_once(event, context):
    try:
        bags.reserve_if_free(event["pathParameters"]["id"], json.loads(event["body"])["patient"])
    except Conflict:
        return _answer(409)
    return _answer(204)
