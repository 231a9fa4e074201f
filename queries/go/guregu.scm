;;; pack: guregu
;;; language: go
;;; store: dynamodb
