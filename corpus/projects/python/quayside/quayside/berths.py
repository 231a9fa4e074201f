from fastapi import APIRouter, Depends

from .limits import Quota, Visit, count_moor

router = APIRouter(prefix="/berths")
ROUTERS = [router]


@router.get("/{berth_id}")
def show(berth_id: str, visit: Visit = Depends(Visit)):
    return {"berth": berth_id}


@router.post("/{berth_id}/ships", dependencies=[Depends(count_moor)])
def moor(berth_id: str):
    return {"berth": berth_id}


@router.delete("/{berth_id}/ships")
def cast_off(berth_id: str, quota=Depends(Quota("departures"))):
    return {"berth": berth_id}
