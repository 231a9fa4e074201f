;;; pack: dynamodb
;;; language: python
;;; store: dynamodb
;;; anchors: ("boto3" | "botocore" | "aiobotocore" | "dynamodb") & ("Table(" | "get_item" | "put_item" | "update_item" | "delete_item" | "transact_write_items" | "execute_statement" | "execute_transaction" | "batch_writer" | "batch_write_item" | "dynamodb") | ("update_item(" & "UpdateExpression" & "Key=") | ("get_item(" & "Key=" & "put_item(" & "Item=")
;;; project-anchors: "put_item(" | "update_item(" | "delete_item(" | "transact_write_items(" | "batch_writer("
;;; kind dynamodb.table: type boto3.dynamodb.table.TableResource type mypy_boto3_dynamodb.service_resource.Table type types_boto3_dynamodb.service_resource.Table type boto3.resources.factory.dynamodb.Table
;;; kind dynamodb.client: type mypy_boto3_dynamodb.client.DynamoDBClient type mypy_boto3_dynamodb.DynamoDBClient type types_boto3_dynamodb.client.DynamoDBClient
;;; kind dynamodb.resource: type mypy_boto3_dynamodb.service_resource.DynamoDBServiceResource type mypy_boto3_dynamodb.DynamoDBServiceResource type types_boto3_dynamodb.service_resource.DynamoDBServiceResource
;;; kind dynamodb.batch:
;;; kind dynamodb.lock-client: type python_dynamodb_lock.python_dynamodb_lock.DynamoDBLockClient
;;; kind dynamodb.codec:
;;; kind dynamodb.condition-writer:
;;; kind dynamodb.scan-paginator:
;;; kind dynamodb.query-paginator:
;;; exception ConditionalCheckFailedException: ClientError
;;; exception TransactionCanceledException: ClientError
;;; exception DuplicateItemException: ClientError
;;; exception ClientError: Exception
; Where a lost condition's failure holds the item that is there (`ReturnValuesOnConditionCheckFailure`).
;;; list failure-items: Item

; Handles
((call function: (_) @f) @call (#set! path "boto3.resource") (#set! when "pos:0|kw:service_name=dynamodb") (#set! does "make") (#set! returns "kind:dynamodb.resource"))
((call function: (_) @f) @call (#set! path "boto3.client") (#set! when "pos:0|kw:service_name=dynamodb") (#set! does "make") (#set! returns "kind:dynamodb.client"))
((call function: (_) @f) @call (#set! path "boto3.Session|boto3.session.Session") (#set! does "make") (#set! returns "kind:aws.session"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "resource")
  (#set! recv "aws.session") (#set! when "pos:0|kw:service_name=dynamodb") (#set! does "make") (#set! returns "kind:dynamodb.resource"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "client" "create_client")
  (#set! recv "aws.session") (#set! when "pos:0|kw:service_name=dynamodb") (#set! does "make") (#set! returns "kind:dynamodb.client"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "Table")
  (#set! recv "dynamodb.resource") (#set! signature "pos:0") (#set! does "make") (#set! container "pos:0|kw:name") (#set! returns "kind:dynamodb.table"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#eq? @m "meta")
  (#set! recv "dynamodb.resource|dynamodb.table") (#set! does "make") (#set! returns "kind:dynamodb.meta"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#eq? @m "client")
  (#set! recv "dynamodb.meta") (#set! does "make") (#set! returns "kind:dynamodb.client"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "name" "table_name")
  (#set! recv "dynamodb.table") (#set! does "same") (#set! returns "recv"))

; Reads
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "get_item")
  (#set! recv "dynamodb.table") (#set! signature "kw:Key !kw:TableName") (#set! does "read") (#set! key "kw:Key") (#set! returns "record(Item=row?)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "get_item")
  (#set! recv "dynamodb.client") (#set! signature "kw:Key kw:TableName") (#set! does "read") (#set! container "kw:TableName") (#set! key "kw:Key") (#set! returns "record(Item=row?)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "query")
  (#set! recv "dynamodb.table") (#set! signature "kw:KeyConditionExpression !kw:TableName") (#set! does "read")
  (#set! filter "dynamodb-condition(kw:KeyConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! filter-also "dynamodb-condition(kw:FilterExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "record(Items=rows, Count=count)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "query")
  (#set! recv "dynamodb.client") (#set! signature "kw:KeyConditionExpression kw:TableName") (#set! does "read") (#set! container "kw:TableName")
  (#set! filter "dynamodb-condition(kw:KeyConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! filter-also "dynamodb-condition(kw:FilterExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "record(Items=rows, Count=count)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "scan")
  (#set! recv "dynamodb.table") (#set! does "read")
  (#set! filter "dynamodb-condition(kw:FilterExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "record(Items=rows, Count=count)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "scan")
  (#set! recv "dynamodb.client") (#set! signature "kw:TableName") (#set! does "read") (#set! container "kw:TableName")
  (#set! filter "dynamodb-condition(kw:FilterExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "record(Items=rows, Count=count)"))
; Page by page
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "get_paginator")
  (#set! recv "dynamodb.client") (#set! when "pos:0|kw:operation_name=scan") (#set! does "make") (#set! returns "kind:dynamodb.scan-paginator"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "get_paginator")
  (#set! recv "dynamodb.client") (#set! when "pos:0|kw:operation_name=query") (#set! does "make") (#set! returns "kind:dynamodb.query-paginator"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "paginate")
  (#set! recv "dynamodb.scan-paginator") (#set! does "read") (#set! container "kw:TableName")
  (#set! filter "dynamodb-condition(kw:FilterExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "pages(record(Items=rows, Count=count))"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "paginate")
  (#set! recv "dynamodb.query-paginator") (#set! does "read") (#set! container "kw:TableName")
  (#set! filter "dynamodb-condition(kw:KeyConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! filter-also "dynamodb-condition(kw:FilterExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "pages(record(Items=rows, Count=count))"))

; All pages in one, or what all of them hold
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "build_full_result")
  (#set! recv "pages") (#set! does "same") (#set! returns "page"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "search")
  (#set! recv "pages") (#set! when "pos:0|kw:expression=Items[]|Items[*]|Items") (#set! does "same") (#set! returns "page:Items"))

; A read of one item, inside a transaction of reads (no method of its own).
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "Get")
  (#set! recv "dynamodb.client") (#set! id "client.get") (#set! does "read") (#set! container "kw:TableName") (#set! key "kw:Key") (#set! returns "record(Item=row?)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "transact_get_items")
  (#set! recv "dynamodb.client") (#set! signature "kw:TransactItems") (#set! does "members") (#set! items "kw:TransactItems") (#set! members "Get=client.get") (#set! returns "record(Responses=members)"))
; Many items by their keys
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "Keys")
  (#set! recv "dynamodb.client") (#set! id "client.keys") (#set! does "read") (#set! container "kw:TableName") (#set! key "kw:Key") (#set! returns "row"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "batch_get_item")
  (#set! recv "dynamodb.client|dynamodb.resource") (#set! signature "kw:RequestItems") (#set! does "members") (#set! items "kw:RequestItems")
  (#set! members "Keys=client.keys") (#set! returns "record(Responses=grouped)"))

; Values and their types
((call function: (_) @f) @call (#set! path "boto3.dynamodb.types.TypeDeserializer|boto3.dynamodb.types.TypeSerializer") (#set! does "make") (#set! returns "kind:dynamodb.codec"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "deserialize" "serialize")
  (#set! recv "dynamodb.codec") (#set! does "same") (#set! returns "arg:pos:0"))

; Writes
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "put_item")
  (#set! recv "dynamodb.table") (#set! signature "kw:Item !kw:TableName") (#set! does "write") (#set! mode "whole") (#set! item "kw:Item")
  (#set! condition "dynamodb-condition(kw:ConditionExpression|kw:Expected, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! upserts "yes") (#set! returns "record(Attributes=new-row)") (#set! raises "conflict=ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "put_item")
  (#set! recv "dynamodb.client") (#set! id "client.put") (#set! signature "kw:Item kw:TableName") (#set! does "write") (#set! mode "whole") (#set! container "kw:TableName") (#set! item "kw:Item")
  (#set! condition "dynamodb-condition(kw:ConditionExpression|kw:Expected, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! upserts "yes") (#set! returns "record(Attributes=new-row)") (#set! raises "conflict=ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "update_item")
  (#set! recv "dynamodb.table") (#set! signature "kw:Key !kw:TableName") (#set! does "write") (#set! mode "partial") (#set! key "kw:Key") (#set! sets "kw:AttributeUpdates")
  (#set! update "dynamodb-update(kw:UpdateExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! condition "dynamodb-condition(kw:ConditionExpression|kw:Expected, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! upserts "yes") (#set! returns "record(Attributes=new-row)") (#set! raises "conflict=ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "update_item")
  (#set! recv "dynamodb.client") (#set! id "client.update") (#set! signature "kw:Key kw:TableName") (#set! does "write") (#set! mode "partial") (#set! container "kw:TableName") (#set! key "kw:Key") (#set! sets "kw:AttributeUpdates")
  (#set! update "dynamodb-update(kw:UpdateExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! condition "dynamodb-condition(kw:ConditionExpression|kw:Expected, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! upserts "yes") (#set! returns "record(Attributes=new-row)") (#set! raises "conflict=ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "delete_item")
  (#set! recv "dynamodb.table") (#set! signature "kw:Key !kw:TableName") (#set! does "delete") (#set! key "kw:Key")
  (#set! condition "dynamodb-condition(kw:ConditionExpression|kw:Expected, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! returns "record(Attributes=new-row)") (#set! raises "conflict=ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "delete_item")
  (#set! recv "dynamodb.client") (#set! id "client.delete") (#set! signature "kw:Key kw:TableName") (#set! does "delete") (#set! container "kw:TableName") (#set! key "kw:Key")
  (#set! condition "dynamodb-condition(kw:ConditionExpression|kw:Expected, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! returns "record(Attributes=new-row)") (#set! raises "conflict=ConditionalCheckFailedException"))
; What a statement in PartiQL stands for (no methods of their own). One that changes an item doesn't make a missing one.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "SELECT")
  (#set! recv "dynamodb.client") (#set! id "statement.select") (#set! does "read") (#set! container "kw:TableName") (#set! key "kw:Key")
  (#set! filter "dynamodb-condition(kw:ConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "record(Items=rows)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "UPDATE")
  (#set! recv "dynamodb.client") (#set! id "statement.update") (#set! does "write") (#set! mode "partial") (#set! container "kw:TableName") (#set! key "kw:Key")
  (#set! update "dynamodb-update(kw:UpdateExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! condition "dynamodb-condition(kw:ConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! raises "conflict=ConditionalCheckFailedException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "INSERT")
  (#set! recv "dynamodb.client") (#set! id "statement.insert") (#set! does "write") (#set! mode "whole") (#set! container "kw:TableName") (#set! item "kw:Item")
  (#set! condition "dynamodb-condition(kw:ConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)")
  (#set! raises "conflict=DuplicateItemException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "execute_statement")
  (#set! recv "dynamodb.client") (#set! signature "kw:Statement") (#set! does "statement") (#set! statement "kw:Statement") (#set! sets "kw:Parameters")
  (#set! members "select=statement.select update=statement.update insert=statement.insert delete=client.delete"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "GET")
  (#set! recv "dynamodb.client") (#set! id "statement.get") (#set! does "read") (#set! container "kw:TableName") (#set! key "kw:Key")
  (#set! filter "dynamodb-condition(kw:ConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)") (#set! returns "record(Item=row?)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "STATEMENT")
  (#set! recv "dynamodb.client") (#set! id "statement.member") (#set! does "statement") (#set! statement "kw:Statement") (#set! sets "kw:Parameters")
  (#set! members "select=statement.get update=statement.update insert=statement.insert delete=client.delete"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "execute_transaction")
  (#set! recv "dynamodb.client") (#set! signature "kw:TransactStatements") (#set! does "members") (#set! items "kw:TransactStatements") (#set! together "yes")
  (#set! members "Statement=statement.member") (#set! returns "record(Responses=members)") (#set! raises "conflict=TransactionCanceledException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "batch_execute_statement")
  (#set! recv "dynamodb.client") (#set! signature "kw:Statements") (#set! does "members") (#set! items "kw:Statements")
  (#set! members "Statement=statement.member") (#set! returns "record(Responses=members)"))
; A condition on an item, inside a transaction (no method of its own: named so that nothing else matches).
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "ConditionCheck")
  (#set! recv "dynamodb.client") (#set! id "client.check") (#set! does "check") (#set! container "kw:TableName") (#set! key "kw:Key")
  (#set! condition "dynamodb-condition(kw:ConditionExpression, kw:ExpressionAttributeNames, kw:ExpressionAttributeValues)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "transact_write_items")
  (#set! recv "dynamodb.client") (#set! signature "kw:TransactItems") (#set! does "members") (#set! items "kw:TransactItems") (#set! together "yes")
  (#set! members "Put=client.put Update=client.update Delete=client.delete ConditionCheck=client.check")
  (#set! raises "conflict=TransactionCanceledException"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "batch_write_item")
  (#set! recv "dynamodb.client|dynamodb.resource") (#set! signature "kw:RequestItems") (#set! does "members") (#set! items "kw:RequestItems")
  (#set! members "PutRequest=client.put DeleteRequest=client.delete"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "batch_writer")
  (#set! recv "dynamodb.table") (#set! does "region") (#set! returns "kind:dynamodb.batch"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "put_item")
  (#set! recv "dynamodb.batch") (#set! does "write") (#set! mode "whole") (#set! item "kw:Item") (#set! upserts "yes"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "delete_item")
  (#set! recv "dynamodb.batch") (#set! does "delete") (#set! key "kw:Key"))

; Locks in a table, each under a key: taken by the call, held until they are released or the `with` block is left
((call function: (_) @f) @call (#set! path "python_dynamodb_lock.python_dynamodb_lock.DynamoDBLockClient")
  (#set! does "make") (#set! returns "kind:dynamodb.lock-client"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "acquire_lock")
  (#set! recv "dynamodb.lock-client") (#set! does "take") (#set! token "remote") (#set! token-key "pos:0|kw:partition_key") (#set! returns "held"))

; Conditions as objects
((call function: (_) @f) @call (#set! path "boto3.dynamodb.conditions.Attr|boto3.dynamodb.conditions.Key") (#set! does "term") (#set! term "stored(pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "eq") (#set! recv "term") (#set! does "test") (#set! test "eq(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "ne") (#set! recv "term") (#set! does "test") (#set! test "ne(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "lt") (#set! recv "term") (#set! does "test") (#set! test "lt(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "lte") (#set! recv "term") (#set! does "test") (#set! test "le(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "gt") (#set! recv "term") (#set! does "test") (#set! test "gt(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "gte") (#set! recv "term") (#set! does "test") (#set! test "ge(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "is_in") (#set! recv "term") (#set! does "test") (#set! test "in(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "exists") (#set! recv "term") (#set! does "test") (#set! test "exists(recv)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "not_exists") (#set! recv "term") (#set! does "test") (#set! test "not-exists(recv)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "begins_with") (#set! recv "term") (#set! does "test") (#set! test "prefix(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "contains" "between" "attribute_type") (#set! recv "term") (#set! does "test") (#set! test "other(recv, pos:0)"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "size") (#set! recv "term") (#set! does "term") (#set! term "size(recv)"))

; A condition object written out, for the client that takes texts: where the text is handed on, so is the condition.
((call function: (_) @f) @call (#set! path "boto3.dynamodb.conditions.ConditionExpressionBuilder") (#set! does "make") (#set! returns "kind:dynamodb.condition-writer"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "build_expression")
  (#set! recv "dynamodb.condition-writer") (#set! does "same") (#set! returns "record(condition_expression=arg:pos:0)"))
