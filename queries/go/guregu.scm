;;; pack: guregu
;;; language: go
;;; store: dynamodb
;;; anchors: "guregu/dynamo"
;;; list field-tags: dynamodbav dynamo
;;; kind guregu.db: type github.com/guregu/dynamo/v2.DB type github.com/guregu/dynamo.DB
;;; kind guregu.table: type github.com/guregu/dynamo/v2.Table type github.com/guregu/dynamo.Table
;;; kind guregu.get: type github.com/guregu/dynamo/v2.Query type github.com/guregu/dynamo.Query
;;; kind guregu.scan: type github.com/guregu/dynamo/v2.Scan type github.com/guregu/dynamo.Scan
;;; kind guregu.put: type github.com/guregu/dynamo/v2.Put type github.com/guregu/dynamo.Put
;;; kind guregu.update: type github.com/guregu/dynamo/v2.Update type github.com/guregu/dynamo.Update
;;; kind guregu.delete: type github.com/guregu/dynamo/v2.Delete type github.com/guregu/dynamo.Delete
;;; kind guregu.check: type github.com/guregu/dynamo/v2.ConditionCheck type github.com/guregu/dynamo.ConditionCheck
;;; kind guregu.tx: type github.com/guregu/dynamo/v2.WriteTx type github.com/guregu/dynamo.WriteTx
;;; kind guregu.batch: type github.com/guregu/dynamo/v2.Batch type github.com/guregu/dynamo.Batch
;;; kind guregu.batch-write: type github.com/guregu/dynamo/v2.BatchWrite type github.com/guregu/dynamo.BatchWrite
;;; kind guregu.batch-get: type github.com/guregu/dynamo/v2.BatchGet type github.com/guregu/dynamo.BatchGet

; Handles
((call_expression function: (_) @f) @call (#set! path "github.com/guregu/dynamo/v2.New|github.com/guregu/dynamo.New") (#set! does "make") (#set! returns "kind:guregu.db"))
((call_expression function: (_) @f) @call (#set! path "github.com/guregu/dynamo/v2.NewFromIface|github.com/guregu/dynamo.NewFromIface") (#set! does "make") (#set! returns "kind:guregu.db"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Table")
  (#set! recv "guregu.db") (#set! does "make") (#set! container "pos:0") (#set! returns "kind:guregu.table"))

; Reads
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Get")
  (#set! recv "guregu.table") (#set! does "make") (#set! container "recv") (#set! test "eq(pos:0, pos:1)") (#set! returns "kind:guregu.get"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Scan")
  (#set! recv "guregu.table") (#set! does "make") (#set! container "recv") (#set! returns "kind:guregu.scan"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Range")
  (#set! recv "guregu.get") (#set! when "pos:1=github.com/guregu/dynamo/v2.Equal") (#set! does "bundle") (#set! test "eq(pos:0, pos:2)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Range")
  (#set! recv "guregu.get") (#set! when "pos:1=github.com/guregu/dynamo.Equal") (#set! does "bundle") (#set! test "eq(pos:0, pos:2)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Range")
  (#set! recv "guregu.get") (#set! does "bundle") (#set! test "other(pos:0, pos:2)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Filter")
  (#set! recv "guregu.get|guregu.scan") (#set! does "bundle") (#set! filter "dynamodb-condition(pos:0, prop:none, pos:1..)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Consistent" "Project" "ProjectExpr" "Index" "Limit" "SearchLimit" "RequestLimit" "Order" "StartFrom" "ConsumedCapacity")
  (#set! recv "guregu.get|guregu.scan") (#set! does "bundle") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "One" "OneWithContext")
  (#set! recv "guregu.get") (#set! does "read") (#set! container "recv") (#set! key "filters") (#set! into "pos:1|pos:0") (#set! returns "error") (#set! raises "absent=ErrNotFound"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "All" "AllWithContext")
  (#set! recv "guregu.get|guregu.scan") (#set! does "read") (#set! container "recv") (#set! into "pos:1|pos:0") (#set! passes "rows") (#set! returns "error"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Count" "CountWithContext")
  (#set! recv "guregu.get|guregu.scan") (#set! does "read") (#set! container "recv") (#set! returns "tuple(count, error)"))

; Writes: put together, then run
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Put")
  (#set! recv "guregu.table") (#set! does "make") (#set! container "recv") (#set! put "item=pos:0") (#set! returns "kind:guregu.put"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Update")
  (#set! recv "guregu.table") (#set! does "make") (#set! container "recv") (#set! test "eq(pos:0, pos:1)") (#set! returns "kind:guregu.update"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Delete")
  (#set! recv "guregu.table") (#set! does "make") (#set! container "recv") (#set! test "eq(pos:0, pos:1)") (#set! returns "kind:guregu.delete"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Check")
  (#set! recv "guregu.table") (#set! does "make") (#set! container "recv") (#set! test "eq(pos:0, pos:1)") (#set! returns "kind:guregu.check"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Range")
  (#set! recv "guregu.update|guregu.delete|guregu.check") (#set! does "bundle") (#set! test "eq(pos:0, pos:1)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "If")
  (#set! recv "guregu.put|guregu.update|guregu.delete|guregu.check") (#set! does "bundle") (#set! condition "dynamodb-condition(pos:0, prop:none, pos:1..)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "IfExists")
  (#set! recv "guregu.check") (#set! does "bundle") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "ConsumedCapacity" "IncludeItemInCondCheckFail" "IncludeAllItemsInCondCheckFail")
  (#set! recv "guregu.put|guregu.update|guregu.delete|guregu.check|guregu.tx|guregu.batch-write") (#set! does "bundle") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Set" "SetSet" "SetNullable")
  (#set! recv "guregu.update") (#set! does "bundle") (#set! term "set(pos:0, pos:1)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "SetIfNotExists")
  (#set! recv "guregu.update") (#set! does "bundle") (#set! term "set-new(pos:0, pos:1)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "SetExpr")
  (#set! recv "guregu.update") (#set! does "bundle") (#set! update "dynamodb-assignment(pos:0, prop:none, pos:1..)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Add" "AddStringsToSet" "AddIntsToSet" "AddFloatsToSet")
  (#set! recv "guregu.update") (#set! does "bundle") (#set! term "add-to(pos:0, pos:1)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Append" "Prepend")
  (#set! recv "guregu.update") (#set! does "bundle") (#set! term "append-to(pos:0, pos:1)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "DeleteFromSet" "DeleteStringsFromSet" "DeleteIntsFromSet" "DeleteFloatsFromSet")
  (#set! recv "guregu.update") (#set! does "bundle") (#set! term "delete-from(pos:0, pos:1)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Remove" "RemoveExpr")
  (#set! recv "guregu.update") (#set! does "bundle") (#set! term "remove(pos:0)") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Run" "RunWithContext" "OldValue" "OldValueWithContext")
  (#set! recv "guregu.put") (#set! does "write") (#set! mode "whole") (#set! container "recv") (#set! item "prop:item") (#set! condition "prop:condition") (#set! upserts "yes") (#set! returns "error") (#set! raises "conflict=ConditionalCheckFailedException"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Run" "RunWithContext" "Value" "ValueWithContext" "OldValue" "OldValueWithContext" "OnlyUpdatedValue" "OnlyUpdatedValueWithContext" "OnlyUpdatedOldValue" "OnlyUpdatedOldValueWithContext")
  (#set! recv "guregu.update") (#set! does "write") (#set! mode "partial") (#set! container "recv") (#set! key "filters") (#set! update "test(prop:update)") (#set! condition "prop:condition") (#set! upserts "yes") (#set! returns "error") (#set! raises "conflict=ConditionalCheckFailedException"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Run" "RunWithContext" "OldValue" "OldValueWithContext")
  (#set! recv "guregu.delete") (#set! does "delete") (#set! container "recv") (#set! key "filters") (#set! condition "prop:condition") (#set! returns "error") (#set! raises "conflict=ConditionalCheckFailedException"))

; Members of a transaction or batch (not methods: named so that nothing else matches)
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "guregu.tx-put")
  (#set! recv "guregu.put") (#set! id "guregu.tx-put") (#set! request "recv") (#set! does "write") (#set! mode "whole") (#set! container "recv") (#set! item "prop:item") (#set! condition "prop:condition") (#set! upserts "yes"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "guregu.tx-update")
  (#set! recv "guregu.update") (#set! id "guregu.tx-update") (#set! request "recv") (#set! does "write") (#set! mode "partial") (#set! container "recv") (#set! key "filters") (#set! update "test(prop:update)") (#set! condition "prop:condition") (#set! upserts "yes"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "guregu.tx-delete")
  (#set! recv "guregu.delete") (#set! id "guregu.tx-delete") (#set! request "recv") (#set! does "delete") (#set! container "recv") (#set! key "filters") (#set! condition "prop:condition"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "guregu.tx-check")
  (#set! recv "guregu.check") (#set! id "guregu.tx-check") (#set! request "recv") (#set! does "check") (#set! container "recv") (#set! key "filters") (#set! condition "prop:condition"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "WriteTx")
  (#set! recv "guregu.db") (#set! does "make") (#set! returns "kind:guregu.tx"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Put")
  (#set! recv "guregu.tx") (#set! does "bundle") (#set! mutates "yes") (#set! adds-member "Put=pos:0") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Update")
  (#set! recv "guregu.tx") (#set! does "bundle") (#set! mutates "yes") (#set! adds-member "Update=pos:0") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Delete")
  (#set! recv "guregu.tx") (#set! does "bundle") (#set! mutates "yes") (#set! adds-member "Delete=pos:0") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Check")
  (#set! recv "guregu.tx") (#set! does "bundle") (#set! mutates "yes") (#set! adds-member "Check=pos:0") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Idempotent" "IdempotentWithToken")
  (#set! recv "guregu.tx") (#set! does "bundle") (#set! mutates "yes") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Run" "RunWithContext")
  (#set! recv "guregu.tx") (#set! does "members") (#set! items "prop:members") (#set! together "yes") (#set! members "Put=guregu.tx-put Update=guregu.tx-update Delete=guregu.tx-delete Check=guregu.tx-check") (#set! returns "error") (#set! raises "conflict=TransactionCanceledException conflict=ConditionalCheckFailedException"))

; Failures
((call_expression function: (_) @f) @call (#set! path "github.com/guregu/dynamo/v2.IsCondCheckFailed|github.com/guregu/dynamo.IsCondCheckFailed") (#set! does "same") (#set! returns "lost:pos:0"))
