"""What runs around every request."""
from .store import visits


def install(app):
    @app.before_request
    def count_all():
        row = visits.get_item(Key={"ip": "all"})["Item"]
        visits.put_item(Item={"ip": "all", "n": row["n"] + 1})  # expect: lost-update  # reached: /*

    @app.errorhandler(404)
    def count_missing(error):
        row = visits.get_item(Key={"ip": "missing"})["Item"]
        visits.put_item(Item={"ip": "missing", "n": row["n"] + 1})  # expect: lost-update  # reached: /*
        return "", 404

    @app.after_request
    def count_safely(response):
        visits.update_item(
            Key={"ip": "answered"},
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": 1},
        )
        return response
