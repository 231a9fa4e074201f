from fastapi import APIRouter

from waiting.deps import DeskDep
from waiting.tickets import box

router = APIRouter()


@router.post("/wards/{ward}/tickets")
def draw(ward: str):
    return {"number": box.draw(ward)}


@router.post("/wards/{ward}/counted-tickets")
def draw_counted(ward: str):
    return {"number": box.draw_counted(ward)}


@router.post("/wards/{ward}/queue")
def join(ward: str, desk: DeskDep):
    return {"length": desk.join(ward)}
