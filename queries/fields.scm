;;; pack: fields
;;; language: any
;;; store: none
;;; list statistics: views view hits hit clicks click impressions downloads visits visit seen last_seen viewed opened counter counters metric metrics stats statistics num bytes submissions popularity score_shown pings n_pings
;;; list lock-owner: owner owner_id lock_owner holder lock_holder locked_by held_by lease_owner lock_token fencing_token
;;; list value: balance stock quota seats seat credits credit points voucher vouchers coupon coupons token tokens permission permissions payment sequence remaining available inventory budget wallet amount limit places tickets redemptions redeemed uses *_left
