"""The desk's own endpoints."""
from flask import Blueprint, jsonify, request

from lending import service

bp = Blueprint("desk", __name__)


@bp.route("/loans", methods=["POST"])
def create_loan():
    left = service.lend(request.get_json()["code"])
    return jsonify(left=left), 201


@bp.post("/safe-loans")
def create_safe_loan():
    service.lend_safely(request.get_json()["code"])
    return "", 204
