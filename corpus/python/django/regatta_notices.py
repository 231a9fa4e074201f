"""Regatta notices: who claims one sends it, by mail, by chat, by an interface of somebody else's."""
from __future__ import annotations

import logging

import httpx
import requests
import stripe
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import models
from slack_sdk import WebClient
from twilio.rest import Client

logger = logging.getLogger(__name__)


class Notice(models.Model):
    title = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=12, default="draft")
    fee = models.IntegerField(default=0)

    class Meta:
        app_label = "regattas"


slack = WebClient(token=settings.SLACK_TOKEN)
pager = Client(settings.TWILIO_SID, settings.TWILIO_TOKEN)


# Whoever lost the claim sends all the same.
def mail_jury(notice_id: int, to: list[str]) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="mailed")  # expect: swallowed-conflict
    if not claimed:
        logger.info("notice %s was mailed", notice_id)
    mail = EmailMessage("Notice", f"See notice {notice_id}", to=to)
    mail.send()


def mail_jury_once(notice_id: int, to: list[str]) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="mailed")
    if not claimed:
        logger.info("notice %s was mailed", notice_id)
        return
    EmailMessage("Notice", f"See notice {notice_id}", to=to).send()


def mail_skippers(notice_id: int, to: list[str], html: str) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="mailed")  # expect: swallowed-conflict
    if not claimed:
        logger.info("notice %s was mailed", notice_id)
    mail = EmailMultiAlternatives("Notice", "See the attachment", to=to)
    mail.attach_alternative(html, "text/html")
    mail.send(fail_silently=True)


def mail_together(notice_id: int, mails: list[EmailMessage]) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="mailed")  # expect: swallowed-conflict
    if not claimed:
        logger.info("notice %s was mailed", notice_id)
    get_connection().send_messages(mails)


def post_to_chat(notice_id: int) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="posted")  # expect: swallowed-conflict
    if claimed == 0:
        logger.warning("notice %s was posted", notice_id)
    slack.chat_postMessage(channel="#regatta", text=f"Notice {notice_id}")


def post_to_chat_once(notice_id: int) -> None:
    if not Notice.objects.filter(pk=notice_id, state="draft").update(state="posted"):
        return
    slack.chat_postMessage(channel="#regatta", text=f"Notice {notice_id}")


def page_harbour(notice_id: int) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="paged")  # expect: swallowed-conflict
    if not claimed:
        logger.warning("notice %s was paged", notice_id)
    pager.messages.create(to=settings.HARBOUR, from_=settings.OFFICE, body=f"Notice {notice_id}")


def hand_on(notice_id: int) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="handed")  # expect: swallowed-conflict
    if not claimed:
        logger.warning("notice %s was handed on", notice_id)
    with requests.Session() as session:
        session.headers["X-Desk"] = "regatta"
        session.post(settings.FEDERATION_URL, json={"notice": notice_id}, timeout=10)


def look_at_federation(notice_id: int) -> dict:
    claimed = Notice.objects.filter(pk=notice_id, state="draft").update(state="handed")
    if not claimed:
        logger.warning("notice %s was handed on", notice_id)
    with requests.Session() as session:
        return session.get(settings.FEDERATION_URL, timeout=10).json()


async def hand_on_async(notice_id: int) -> None:
    claimed = await Notice.objects.filter(pk=notice_id, state="draft").aupdate(state="handed")  # expect: swallowed-conflict
    if not claimed:
        logger.warning("notice %s was handed on", notice_id)
    async with httpx.AsyncClient(timeout=10) as client:
        await client.request("POST", settings.FEDERATION_URL, json={"notice": notice_id})


def charge_fee(notice_id: int, source: str) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="posted").update(state="charged")  # expect: swallowed-conflict
    if not claimed:
        logger.warning("notice %s was charged", notice_id)
    stripe.Charge.create(amount=500, currency="eur", source=source)


# The interface carries out one order of a key.
def charge_fee_by_key(notice_id: int, source: str) -> None:
    claimed = Notice.objects.filter(pk=notice_id, state="posted").update(state="charged")
    if not claimed:
        logger.warning("notice %s was charged", notice_id)
    stripe.Charge.create(amount=500, currency="eur", source=source, idempotency_key=f"notice-{notice_id}")
