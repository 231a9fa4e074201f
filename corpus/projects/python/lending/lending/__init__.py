"""Lending desk: a Flask application over one DynamoDB table."""
from flask import Flask

from lending.desk import bp as desk_bp
from lending.shelf import ShelfView


def create_app() -> Flask:
    app = Flask(__name__)
    app.register_blueprint(desk_bp, url_prefix="/api/desk")
    app.add_url_rule("/shelves/<shelf_id>", view_func=ShelfView.as_view("shelf"))
    return app
