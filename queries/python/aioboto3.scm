;;; pack: aioboto3
;;; language: python
;;; store: dynamodb
