"""Where machines, members and visits are kept."""
import os

import boto3

_db = boto3.resource("dynamodb")
machines = _db.Table(os.environ["MACHINES_TABLE"])
members = _db.Table(os.environ["MEMBERS_TABLE"])
visits = _db.Table(os.environ["VISITS_TABLE"])
