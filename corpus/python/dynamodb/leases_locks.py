"""Leases on a lock table, and jobs that run under them."""
from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import uuid
from typing import Any, Iterator

import boto3
from boto3.dynamodb.conditions import Attr

logger = logging.getLogger(__name__)
_process_lock = threading.Lock()

dynamodb = boto3.resource("dynamodb")
locks = dynamodb.Table(os.environ["LOCKS_TABLE"])
reports = dynamodb.Table(os.environ["REPORTS_TABLE"])
Refused = locks.meta.client.exceptions.ConditionalCheckFailedException


class LeaseTaken(Exception):
    pass


# case: id=py-ddb-1100 label=race rule=non-atomic-lock|check-then-create|check-then-act tier=1 note=lease read, then put without a condition
def try_lock(name: str, owner: str, ttl: int = 60) -> bool:
    now = int(time.time())
    held = locks.get_item(Key={"name": name}).get("Item")
    if held and held["expires_at"] > now:
        return False
    locks.put_item(Item={"name": name, "owner": owner, "expires_at": now + ttl})  # expect: non-atomic-lock|check-then-create|check-then-act
    return True


# case: id=py-ddb-1101 label=safe tier=2 note=one conditional put, absence or expiry may pass
def try_lock_once(name: str, owner: str, ttl: int = 60) -> bool:
    now = int(time.time())
    try:
        locks.put_item(
            Item={"name": name, "owner": owner, "expires_at": now + ttl},
            ConditionExpression=Attr("name").not_exists() | Attr("expires_at").lt(now),
        )
    except Refused:
        return False
    return True


# case: id=py-ddb-1102 label=race rule=non-atomic-lock|check-then-act tier=1 note=owner compared in the program, delete unconditional
def unlock(name: str, owner: str) -> None:
    held = locks.get_item(Key={"name": name}).get("Item")
    if held and held["owner"] == owner:
        locks.delete_item(Key={"name": name})  # expect: non-atomic-lock|check-then-act


# case: id=py-ddb-1103 label=safe tier=2 note=owner compared by the store, a lost lease is only logged
def unlock_owned(name: str, owner: str) -> bool:
    try:
        locks.delete_item(Key={"name": name}, ConditionExpression=Attr("owner").eq(owner))
    except Refused:
        logger.warning("lease %s had passed on from %s", name, owner)
        return False
    return True


@contextlib.contextmanager
def lease(name: str, ttl: int = 120) -> Iterator[str]:
    owner = uuid.uuid4().hex
    if not try_lock_once(name, owner, ttl):
        raise LeaseTaken(name)
    try:
        yield owner
    finally:
        unlock_owned(name, owner)


# case: id=py-ddb-1104 label=safe tier=3 note=read and write under the lease of this report
def append_section(report_id: str, section: dict[str, Any]) -> int:
    with lease(f"report:{report_id}"):
        item = reports.get_item(Key={"report_id": report_id}, ConsistentRead=True)["Item"]
        item["sections"] = [*item["sections"], section]
        item["pages"] += section["pages"]
        reports.put_item(Item=item)
    return int(item["pages"])


# case: id=py-ddb-1105 label=race rule=read-before-lock tier=3 note=item read before the lease, put back under it
def drop_section(report_id: str, index: int) -> None:
    item = reports.get_item(Key={"report_id": report_id})["Item"]
    with lease(f"report:{report_id}"):
        removed = item["sections"].pop(index)
        item["pages"] -= removed["pages"]
        reports.put_item(Item=item)  # expect: read-before-lock


# case: id=py-ddb-1106 label=race rule=lost-update tier=2 note=a lock of one process does not reach the other workers
def count_view(report_id: str, minutes: int) -> None:
    with _process_lock:
        item = reports.get_item(Key={"report_id": report_id})["Item"]
        item["reading_minutes"] += minutes
        reports.put_item(Item=item)  # expect: lost-update


# case: id=py-ddb-1107 label=safe tier=1 note=ADD needs no lock at all
def count_view_in_store(report_id: str, minutes: int) -> None:
    reports.update_item(
        Key={"report_id": report_id},
        UpdateExpression="ADD reading_minutes :m",
        ExpressionAttributeValues={":m": minutes},
    )


# case: id=py-ddb-1108 label=race rule=lost-update tier=2 note=goes on without the lease after the timeout
def rename_section(report_id: str, index: int, title: str) -> None:
    owner = uuid.uuid4().hex
    name = f"report:{report_id}"
    for _ in range(5):
        if try_lock_once(name, owner):
            break
        time.sleep(0.1)
    else:
        logger.warning("no lease for %s, going on", report_id)
    item = reports.get_item(Key={"report_id": report_id})["Item"]
    item["sections"][index]["title"] = title
    reports.put_item(Item=item)  # expect: lost-update
    unlock_owned(name, owner)


# case: id=py-ddb-1109 label=safe tier=2 note=idempotent delete after a look for the log
def discard(report_id: str) -> None:
    item = reports.get_item(Key={"report_id": report_id}).get("Item")
    logger.info("discarding %s with %s pages", report_id, (item or {}).get("pages"))
    reports.delete_item(Key={"report_id": report_id})
