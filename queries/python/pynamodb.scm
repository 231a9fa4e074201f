;;; pack: pynamodb
;;; language: python
;;; store: dynamodb
