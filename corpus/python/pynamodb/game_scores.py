"""Players and matches on PynamoDB models."""
from __future__ import annotations

import logging
import os

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.models import Model

logger = logging.getLogger(__name__)


class Player(Model):
    class Meta:
        table_name = os.environ.get("PLAYERS_TABLE", "players")
        region = "eu-central-1"

    player_id = UnicodeAttribute(hash_key=True)
    nickname = UnicodeAttribute(null=True)
    coins = NumberAttribute(default=0)
    badges = ListAttribute(of=UnicodeAttribute, default=list)
    banned = BooleanAttribute(default=False)


class Match(Model):
    class Meta:
        table_name = "matches"

    match_id = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute(default="open")
    winner = UnicodeAttribute(null=True)


class NotEnoughCoins(Exception):
    pass


# case: id=py-pyn-001 label=race rule=lost-update tier=1 note=attribute changed in Python, whole item saved
def award(player_id: str, coins: int) -> int:
    player = Player.get(player_id, consistent_read=True)
    player.coins += coins
    player.save()  # expect: lost-update
    return player.coins


# case: id=py-pyn-002 label=safe tier=1 note=class attribute plus one is computed by the store
def award_in_store(player_id: str, coins: int) -> None:
    player = Player.get(player_id)
    player.update(actions=[Player.coins.set(Player.coins + coins)])


# case: id=py-pyn-003 label=race rule=lost-update tier=1 note=instance value in the action
def double(player_id: str) -> None:
    player = Player.get(player_id)
    player.update(actions=[Player.coins.set(player.coins * 2)])  # expect: lost-update


# case: id=py-pyn-004 label=safe tier=1 note=instance value in the action, compared with the value read
def double_compared(player_id: str) -> None:
    player = Player.get(player_id)
    player.update(
        actions=[Player.coins.set(player.coins * 2)],
        condition=Player.coins == player.coins,
    )


# case: id=py-pyn-005 label=race rule=check-then-act tier=1 note=checked on the instance, delta without a condition
def spend(player_id: str, price: int) -> None:
    player = Player.get(player_id)
    if player.coins < price:
        raise NotEnoughCoins(player_id)
    player.update(actions=[Player.coins.set(Player.coins - price)])  # expect: check-then-act


# case: id=py-pyn-006 label=safe tier=2 note=limit in the condition, failure mapped
def spend_guarded(player_id: str, price: int) -> None:
    player = Player(player_id)
    try:
        player.update(
            actions=[Player.coins.add(-price)],
            condition=(Player.coins >= price) & (Player.banned != True),  # noqa: E712
        )
    except UpdateError as exc:
        if exc.cause_response_code == "ConditionalCheckFailedException":
            raise NotEnoughCoins(player_id) from exc
        raise


# case: id=py-pyn-007 label=race rule=lost-update tier=2 note=list appended in place
def grant_badge(player_id: str, badge: str) -> None:
    player = Player.get(player_id)
    if badge in player.badges:
        return
    player.badges.append(badge)
    player.save()  # expect: lost-update


# case: id=py-pyn-008 label=race rule=check-then-create tier=2 note=DoesNotExist, then save without a condition
def ensure_player(player_id: str, nickname: str) -> Player:
    try:
        return Player.get(player_id)
    except Player.DoesNotExist:
        player = Player(player_id, nickname=nickname, coins=50)
        player.save()  # expect: check-then-create
        return player


# case: id=py-pyn-009 label=safe tier=2 note=conditional save, read only on conflict
def ensure_player_once(player_id: str, nickname: str) -> Player:
    player = Player(player_id, nickname=nickname, coins=50)
    try:
        player.save(condition=Player.player_id.does_not_exist())
    except PutError as exc:
        if exc.cause_response_code != "ConditionalCheckFailedException":
            raise
        return Player.get(player_id, consistent_read=True)
    return player


# case: id=py-pyn-010 label=race rule=check-then-act tier=1 note=state transition without a condition
def finish(match_id: str, winner: str) -> bool:
    match = Match.get(match_id)
    if match.state != "open":
        return False
    match.update(actions=[Match.state.set("done"), Match.winner.set(winner)])  # expect: check-then-act
    return True


# case: id=py-pyn-011 label=safe tier=2 note=state tested by the update itself
def finish_once(match_id: str, winner: str) -> bool:
    match = Match.get(match_id)
    try:
        match.update(
            actions=[Match.state.set("done"), Match.winner.set(winner)],
            condition=Match.state == "open",
        )
    except UpdateError as exc:
        if exc.cause_response_code == "ConditionalCheckFailedException":
            logger.info("match %s was decided by %s", match_id, match.winner)
            return False
        raise
    return True


# case: id=py-pyn-012 label=race rule=stale-overwrite tier=1 note=constant set, whole item saved
def rename(player_id: str, nickname: str) -> None:
    player = Player.get(player_id)
    player.nickname = nickname
    player.save()  # expect: stale-overwrite


# case: id=py-pyn-013 label=race rule=unconditional-update tier=1 note=coins taken with no read and no condition
def fine(player_id: str, coins: int) -> None:
    Player(player_id).update(actions=[Player.coins.add(-coins)])  # expect: unconditional-update
