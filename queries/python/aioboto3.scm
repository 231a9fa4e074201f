;;; pack: aioboto3
;;; language: python
;;; store: dynamodb
;;; anchors: "aioboto3" | "aiobotocore"

; The sessions of the asynchronous clients. What they make are the objects that the dynamodb pack knows; `await` and
; `async with` hand these on unchanged.
((call function: (_) @f) @call (#set! path "aioboto3.Session|aioboto3.session.Session|aiobotocore.session.get_session|aiobotocore.session.AioSession")
  (#set! does "make") (#set! returns "kind:aws.session"))
((call function: (_) @f) @call (#set! path "aioboto3.resource") (#set! when "pos:0|kw:service_name=dynamodb")
  (#set! does "make") (#set! returns "kind:dynamodb.resource"))
((call function: (_) @f) @call (#set! path "aioboto3.client") (#set! when "pos:0|kw:service_name=dynamodb")
  (#set! does "make") (#set! returns "kind:dynamodb.client"))
