"""For support."""
from fastapi import APIRouter, Depends

from vouchers.repository import VoucherRepository, get_repository

router = APIRouter()


@router.api_route("/vouchers/{code}/grant", methods=["PUT", "PATCH"])
def grant(code: str, extra: int, repo: VoucherRepository = Depends(get_repository)):
    voucher = repo.get(code)
    repo.mark_used(code, voucher["uses"] - extra)
