;;; pack: pynamodb
;;; language: python
;;; store: dynamodb
;;; anchors: "pynamodb"
;;; kind pynamodb.model: stored-fields
;;; kind pynamodb.index:
;;; kind pynamodb.transaction: type pynamodb.transactions.TransactWrite
;;; kind pynamodb.batch:
;;; exception PutError: PynamoDBException
;;; exception UpdateError: PynamoDBException
;;; exception DeleteError: PynamoDBException
;;; exception TransactWriteError: PynamoDBException
;;; exception DoesNotExist: PynamoDBException
;;; exception PynamoDBException: Exception

; What declares models
;;; list model-bases: pynamodb.models.Model
;;; list fields: Attribute=plain VersionAttribute=version
;;; list field-key-parts: hash_key range_key

; Handles
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "pynamodb.models.Model") (#set! key "pos:0|kw:hash_key") (#set! sort-key "pos:1|kw:range_key") (#set! declares "pynamodb.model"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "pynamodb.indexes.GlobalSecondaryIndex|pynamodb.indexes.LocalSecondaryIndex|pynamodb.indexes.Index") (#set! declares "pynamodb.index"))
((call function: (_) @f) @call (#set! path "pynamodb.transactions.TransactWrite") (#set! does "make") (#set! returns "kind:pynamodb.transaction"))

; Reads
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get")
  (#set! recv "class:pynamodb.model") (#set! does "read") (#set! key "pos:0|kw:hash_key") (#set! sort-key "pos:1|kw:range_key") (#set! returns "row") (#set! raises "absent=DoesNotExist"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "query")
  (#set! recv "class:pynamodb.model") (#set! does "read") (#set! key "pos:0|kw:hash_key") (#set! adds-filter "pos:1|kw:range_key_condition") (#set! filter "pos:2|kw:filter_condition") (#set! returns "rows"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "scan")
  (#set! recv "class:pynamodb.model") (#set! does "read") (#set! filter "pos:0|kw:filter_condition") (#set! returns "rows"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "batch_get")
  (#set! recv "class:pynamodb.model") (#set! does "read") (#set! returns "rows"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "count")
  (#set! recv "class:pynamodb.model") (#set! does "read") (#set! key "pos:0|kw:hash_key") (#set! adds-filter "pos:1|kw:range_key_condition") (#set! filter "pos:2|kw:filter_condition") (#set! returns "count"))
; By an index that the model's class holds
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "query")
  (#set! recv "pynamodb.index") (#set! does "read") (#set! key "pos:0|kw:hash_key") (#set! adds-filter "pos:1|kw:range_key_condition") (#set! filter "pos:2|kw:filter_condition") (#set! returns "rows"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "count")
  (#set! recv "pynamodb.index") (#set! does "read") (#set! key "pos:0|kw:hash_key") (#set! adds-filter "pos:1|kw:range_key_condition") (#set! filter "pos:2|kw:filter_condition") (#set! returns "count"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "scan")
  (#set! recv "pynamodb.index") (#set! does "read") (#set! filter "pos:0|kw:filter_condition") (#set! returns "rows"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "refresh")
  (#set! recv "pynamodb.model") (#set! does "reload"))

; Writes; the version can be left alone
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save")
  (#set! recv "pynamodb.model") (#set! when "pos:1|kw:add_version_condition=False") (#set! does "write") (#set! mode "whole") (#set! item "recv") (#set! condition "pos:0|kw:condition") (#set! upserts "yes")
  (#set! raises "conflict=PutError") (#set! codes "ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "update")
  (#set! recv "pynamodb.model") (#set! when "pos:2|kw:add_version_condition=False") (#set! does "write") (#set! mode "partial") (#set! sets "pos:0|kw:actions") (#set! condition "pos:1|kw:condition") (#set! upserts "yes")
  (#set! raises "conflict=UpdateError") (#set! codes "ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delete")
  (#set! recv "pynamodb.model") (#set! when "pos:1|kw:add_version_condition=False") (#set! does "delete") (#set! condition "pos:0|kw:condition")
  (#set! raises "conflict=DeleteError") (#set! codes "ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save")
  (#set! recv "pynamodb.model") (#set! does "write") (#set! mode "whole") (#set! item "recv") (#set! condition "pos:0|kw:condition") (#set! versions "row") (#set! upserts "yes")
  (#set! raises "conflict=PutError") (#set! codes "ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "update")
  (#set! recv "pynamodb.model") (#set! does "write") (#set! mode "partial") (#set! sets "pos:0|kw:actions") (#set! condition "pos:1|kw:condition") (#set! versions "row") (#set! upserts "yes")
  (#set! raises "conflict=UpdateError") (#set! codes "ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delete")
  (#set! recv "pynamodb.model") (#set! does "delete") (#set! condition "pos:0|kw:condition") (#set! versions "row")
  (#set! raises "conflict=DeleteError") (#set! codes "ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "batch_write")
  (#set! recv "class:pynamodb.model") (#set! does "region") (#set! returns "kind:pynamodb.batch"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save")
  (#set! recv "pynamodb.batch") (#set! does "write") (#set! mode "whole") (#set! item "pos:0|kw:put_item") (#set! upserts "yes"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delete")
  (#set! recv "pynamodb.batch") (#set! does "delete") (#set! item "pos:0|kw:del_item"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "save")
  (#set! recv "pynamodb.transaction") (#set! does "write") (#set! mode "whole") (#set! item "pos:0|kw:model") (#set! condition "pos:1|kw:condition") (#set! versions "row") (#set! upserts "yes") (#set! together "yes")
  (#set! raises "conflict=TransactWriteError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "update")
  (#set! recv "pynamodb.transaction") (#set! does "write") (#set! mode "partial") (#set! item "pos:0|kw:model") (#set! sets "pos:1|kw:actions") (#set! condition "pos:2|kw:condition") (#set! versions "row") (#set! upserts "yes") (#set! together "yes")
  (#set! raises "conflict=TransactWriteError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "delete")
  (#set! recv "pynamodb.transaction") (#set! does "delete") (#set! item "pos:0|kw:model") (#set! condition "pos:1|kw:condition") (#set! versions "row") (#set! together "yes")
  (#set! raises "conflict=TransactWriteError"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "condition_check")
  (#set! recv "pynamodb.transaction") (#set! does "check") (#set! container "pos:0|kw:model_cls") (#set! key "pos:1|kw:hash_key") (#set! sort-key "pos:2|kw:range_key") (#set! condition "kw:condition|pos:3") (#set! together "yes"))

; Actions and conditions on the store's own values; what the conditions of boto3 and these have in common stands there
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "set") (#set! recv "term") (#set! does "term") (#set! term "set(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "add") (#set! recv "term") (#set! does "term") (#set! term "add-to(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "delete") (#set! recv "term") (#set! does "term") (#set! term "delete-from(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "remove") (#set! recv "term") (#set! does "term") (#set! term "remove(recv)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "append" "prepend") (#set! recv "term") (#set! does "term") (#set! term "append(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "does_not_exist") (#set! recv "term") (#set! does "test") (#set! test "not-exists(recv)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "startswith") (#set! recv "term") (#set! does "test") (#set! test "prefix(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "is_type") (#set! recv "term") (#set! does "test") (#set! test "other(recv, pos:0)"))
