from fastapi import APIRouter, HTTPException

from waiting.deps import DeskDep
from waiting.desk import Empty

router = APIRouter()


@router.post("/{ward}")
def call(ward: str, desk: DeskDep):
    try:
        desk.call(ward)
    except Empty:
        raise HTTPException(409)


@router.post("/{ward}/next")
def call_next(ward: str, desk: DeskDep):
    try:
        desk.call_next(ward)
    except Empty:
        raise HTTPException(409)
