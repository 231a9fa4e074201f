"""Redeeming."""
from fastapi import APIRouter, Depends, HTTPException

from vouchers.limits import limited
from vouchers.repository import VoucherRepository, get_repository

router = APIRouter(prefix="/vouchers")


@router.post("/{code}/redeem")
def redeem(code: str, repo: VoucherRepository = Depends(get_repository), _=Depends(limited)):
    voucher = repo.get(code)
    if voucher is None or voucher["uses"] >= voucher["max_uses"]:
        raise HTTPException(409)
    repo.mark_used(code, voucher["uses"] + 1)


@router.post("/{code}/redeem-safely")
def redeem_safely(code: str, repo: VoucherRepository = Depends(get_repository)):
    repo.use(code)
