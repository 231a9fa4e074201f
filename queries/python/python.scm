;;; pack: python
;;; language: python
;;; store: none
; What asks for the time (`clocks`), and calls that are made for what they do but matter to nobody else (`quiet`, by name).
;;; list inspections: inspect.signature inspect.getsource inspect.getdoc inspect.getfile inspect.getmodule inspect.getfullargspec inspect.getmembers inspect.isfunction inspect.ismethod inspect.isclass inspect.iscoroutinefunction inspect.isgeneratorfunction inspect.isasyncgenfunction inspect.unwrap asyncio.iscoroutinefunction typing.get_type_hints
;;; list clocks: datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today datetime.now datetime.utcnow time.time time.time_ns time.monotonic arrow.utcnow arrow.now pendulum.now
;;; list quiet: debug info warning warn error exception critical log write writeln flush sleep append extend insert add update pop clear sort reverse setdefault discard print set set_many touch collect close capture_exception capture_message add_breadcrumb set_tag set_context
; Bases of classes that, called with a value, give the member that stands for it (`enumerations`).
;;; list enumerations: enum.Enum enum.IntEnum enum.StrEnum enum.Flag enum.IntFlag
; What draws one of a few values (`draws`: a function, or a method of a source), so that it makes no identifier.
;;; list draws: random.randint random.randrange random.choice randint randrange choice
; Types of plain values: what is declared so is no row, whatever its name.
;;; list plain-types: bool int float str bytes Decimal UUID date datetime timedelta
; Decorators that leave a function as it is (`plain-decorators`), make it one for `with` (`context-decorators`) or an
; attribute (`property-decorators`), or let it remember what it gave (`remembering-decorators`), by name.
;;; list plain-decorators: cached_property abstractmethod wraps
;;; list context-decorators: contextmanager asynccontextmanager
;;; list property-decorators: cached_property
;;; list remembering-decorators: cached_property lru_cache cache cachedproperty memoize memoized
; Decorators by which nobody outside calls a function, as they are written: `name`, `.name` of a module, `name()` called.
; With one of `inner-functions` nobody does, whatever else stands there.
;;; list inner-decorators: cached_property abstractmethod .abstractmethod lru_cache() .lru_cache() wraps() .wraps()
;;; list inner-functions: contextmanager
; Functions that give their argument in another form (of `numbers` an integer, of `encodings` an object stays what it
; is), or their second one as it is (`casts`); that hold arguments back; that give decorators; that end the process;
; that give the module of a name.
;;; list key-conversions: str int number uuid.UUID UUID
;;; list conversions: uuid.UUID ast.literal_eval
;;; list numbers: decimal.Decimal
;;; list encodings: json.loads json.dumps
;;; list casts: typing.cast
; Classes whose objects are sets, made of what they are given.
;;; list sets: netaddr.IPSet
; Functions and methods that give a value's normal form: done again, they change nothing.
;;; list normal-forms: upper lower strip lstrip rstrip casefold capitalize title round abs sorted set frozenset str int float bool
; Functions that give an object's fields as a dictionary.
;;; list records: dataclasses.asdict attr.asdict attrs.asdict builtins.vars
; The fields that a class declares: by name, as an attribute of the class, and one after the other, with their names.
;;; list field-mappings: __dataclass_fields__ __annotations__ model_fields __fields__ _fields
;;; list field-lists: dataclasses.fields attr.fields attrs.fields
; Functions that give elements of what they are handed: as they come (`slices`), those of which another function says
; that they are meant (`choosers`), those of each argument (`chains`), several at a time (`chunks`).
;;; list slices: itertools.islice more_itertools.take more_itertools.peekable
;;; list choosers: itertools.takewhile itertools.dropwhile itertools.filterfalse
;;; list chains: itertools.chain
; What makes one value of a list, and operators that are called by their names.
;;; list folds: functools.reduce
;;; list conjunctions: operator.and_ operator.iand
;;; list disjunctions: operator.or_ operator.ior
;;; list additions: operator.add operator.iadd operator.concat
;;; list chunks: itertools.batched more_itertools.chunked more_itertools.ichunked more_itertools.batched more_itertools.sliced
; What gives a setting by its name, the same wherever it is asked for.
;;; list settings: os.environ.get os.getenv decouple.config
;;; list partials: functools.partial
;;; list wrappers: functools.wraps
; What tells by which names a function takes its arguments, and its methods that say so of those of a call.
;;; list signatures: inspect.signature
;;; list binding-methods: bind bind_partial
;;; list exits: sys.exit os._exit
;;; list importers: importlib.import_module
; Methods and functions that give a copy in which the members named are others, and methods to which a mapping of these
; is handed by a keyword.
;;; list copying-methods: _replace
;;; list replacers: dataclasses.replace attrs.evolve attr.evolve copy.replace
;;; list updating-copies: model_copy=update copy=update
; What makes the constructor of a class of what the class declares: decorators of it, and bases.
;;; list record-definitions: dataclasses.dataclass attr.s attr.attrs attr.define attr.frozen attr.dataclass attrs.define attrs.frozen attrs.mutable pydantic.dataclasses.dataclass pydantic.BaseModel pydantic.main.BaseModel pydantic.v1.BaseModel typing.NamedTuple ninja.Schema ninja.schema.Schema msgspec.Struct
; Classes of which a class may derive without having more fields than it declares; methods of an instance that give
; its fields as a dictionary, and methods of a class that make an instance of one.
;;; list record-bases: pydantic.BaseModel pydantic.main.BaseModel typing.NamedTuple typing.Generic abc.ABC
;;; list record-methods: _asdict model_dump dict model_dump_json
;;; list record-makers: model_validate parse_obj model_validate_json parse_raw
; What marshmallow's schemas load and dump is the record in another form: `load` and `dump` in the documentation of `Schema`.
;;; kind python.schema: type marshmallow.Schema type marshmallow.schema.Schema
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "marshmallow.Schema|marshmallow.schema.Schema") (#set! declares "python.schema"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "load" "dump")
  (#set! recv "python.schema") (#set! does "same") (#set! returns "arg:pos:0|kw:data|kw:obj"))

;;; kind python.loop: type asyncio.AbstractEventLoop
;;; kind python.exit-stack: type contextlib.ExitStack type contextlib.AsyncExitStack
;;; kind aws.outside: type mypy_boto3_sqs.client.SQSClient type mypy_boto3_sqs.SQSClient type mypy_boto3_sqs.service_resource.Queue type mypy_boto3_sns.client.SNSClient type mypy_boto3_sns.SNSClient type mypy_boto3_sns.service_resource.Topic type mypy_boto3_ses.client.SESClient type mypy_boto3_ses.SESClient type mypy_boto3_events.client.EventBridgeClient type mypy_boto3_lambda.client.LambdaClient type mypy_boto3_stepfunctions.client.SFNClient
;;; kind aws.messages:
;;; kind python.mailer: type smtplib.SMTP type smtplib.SMTP_SSL
;;; kind python.http: type requests.Session type requests.sessions.Session type httpx.Client type httpx.AsyncClient type aiohttp.ClientSession
;;; kind slack.client: type slack_sdk.WebClient type slack_sdk.web.WebClient type slack_sdk.web.client.WebClient type slack_sdk.web.async_client.AsyncWebClient
;;; kind slack.webhook: type slack_sdk.webhook.WebhookClient type slack_sdk.WebhookClient
;;; kind twilio.client: type twilio.rest.Client
;;; kind twilio.sender:
;;; kind sendgrid.client: type sendgrid.SendGridAPIClient

; What runs beside, and is waited for: a coroutine stands for what it gives.
((call function: (_) @f) @call (#set! path "asyncio.to_thread|anyio.to_thread.run_sync|starlette.concurrency.run_in_threadpool|fastapi.concurrency.run_in_threadpool|trio.to_thread.run_sync")
  (#set! does "invoke") (#set! invokes "pos:0"))
((call function: (_) @f) @call (#set! path "asyncio.gather") (#set! does "same") (#set! returns "arg:pos:*"))
((call function: (_) @f) @call (#set! path "asyncio.wait_for|asyncio.shield|asyncio.create_task|asyncio.ensure_future|asyncio.run")
  (#set! does "same") (#set! returns "arg:pos:0"))
; The loop of events, by what runs it (by its name as well: it has few methods, and they are its own).
((call function: (_) @f) @call (#set! path "asyncio.get_running_loop|asyncio.get_event_loop|asyncio.new_event_loop") (#set! does "make") (#set! returns "kind:python.loop"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "run_in_executor")
  (#set! recv "python.loop") (#set! signature "pos:1") (#set! does "invoke") (#set! invokes "pos:1"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "run_until_complete" "create_task")
  (#set! recv "python.loop") (#set! does "same") (#set! returns "arg:pos:0"))
((call function: (_) @f) @call (#set! path "asgiref.sync.sync_to_async|asgiref.sync.async_to_sync") (#set! does "same") (#set! returns "arg:pos:0"))
((call function: (_) @f) @call (#set! path "functools.update_wrapper") (#set! does "same") (#set! returns "arg:pos:0"))
((call function: (_) @f) @call (#set! path "copy.copy|copy.deepcopy") (#set! does "same") (#set! returns "copy:pos:0"))
((call function: (_) @f) @call (#set! path "threading.Lock|threading.RLock|threading.Semaphore|asyncio.Lock|asyncio.Semaphore|multiprocessing.Lock") (#set! does "region") (#set! token "process"))

; A field that is filled by calling something.
((call function: (_) @f) @call
  (#set! path "dataclasses.field|attr.ib|attr.attrib|attr.field|attrs.field|pydantic.Field|pydantic.fields.Field|pydantic.PrivateAttr|pydantic.dataclasses.Field")
  (#set! does "invoke") (#set! invokes "kw:default_factory kw:factory"))

; What was made as a lock is taken and given up by hand as well.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "acquire")
  (#set! recv "region") (#set! does "take") (#set! tries "kw:blocking|pos:0=False") (#set! returns "held"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "release")
  (#set! recv "region|held") (#set! does "release"))

; What `with` does, by hand; and what enters others, to leave them together.
((call function: (_) @f) @call (#set! path "contextlib.ExitStack|contextlib.AsyncExitStack")
  (#set! does "make") (#set! returns "kind:python.exit-stack"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "enter_context" "enter_async_context")
  (#set! recv "python.exit-stack") (#set! does "enter") (#set! invokes "pos:0|kw:cm"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "__enter__" "__aenter__")
  (#set! recv "region|context") (#set! does "enter") (#set! invokes "recv"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "__enter__" "__aenter__")
  (#set! recv "python.exit-stack") (#set! does "same") (#set! returns "recv"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "__exit__" "__aexit__" "close" "aclose")
  (#set! recv "region|context|python.exit-stack") (#set! does "release"))

; Answers that end a request by raising
((call function: (_) @f) @call (#set! path "flask.abort|werkzeug.exceptions.abort|quart.abort|bottle.abort|flask_restful.abort|flask_smorest.abort|flask_restx.abort") (#set! does "fail"))

; A parameter that says who provides what it is handed.
((call function: (_) @f) @call (#set! path "fastapi.Depends|fastapi.Security|fastapi.param_functions.Depends|fastapi.params.Depends")
  (#set! does "provide") (#set! invokes "pos:0|kw:dependency"))

; What is sent elsewhere
((call function: (_) @f) @call (#set! path "requests.post|requests.put|requests.patch|requests.delete|httpx.post|httpx.put|httpx.patch|httpx.delete")
  (#set! does "effect"))
; By a method that is named, and through a client that is kept.
((call function: (_) @f) @call (#set! path "requests.request|httpx.request") (#set! when "pos:0|kw:method=POST|PUT|PATCH|DELETE")
  (#set! does "effect"))
((call function: (_) @f) @call (#set! path "requests.Session|requests.session|requests.sessions.Session|httpx.Client|httpx.AsyncClient|aiohttp.ClientSession")
  (#set! does "make") (#set! returns "kind:python.http"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "post" "put" "patch" "delete")
  (#set! recv "python.http") (#set! does "effect"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "request")
  (#set! recv "python.http") (#set! when "pos:0|kw:method=POST|PUT|PATCH|DELETE") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "slack_sdk.WebClient|slack_sdk.web.WebClient|slack_sdk.web.client.WebClient|slack_sdk.web.async_client.AsyncWebClient|slack.WebClient")
  (#set! does "make") (#set! returns "kind:slack.client"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "chat_postMessage" "chat_postEphemeral" "chat_scheduleMessage" "files_upload" "files_upload_v2")
  (#set! recv "slack.client") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "slack_sdk.webhook.WebhookClient|slack_sdk.WebhookClient") (#set! does "make") (#set! returns "kind:slack.webhook"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "send" "send_dict")
  (#set! recv "slack.webhook") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "twilio.rest.Client") (#set! does "make") (#set! returns "kind:twilio.client"))
((attribute object: (_) @recv attribute: (identifier) @m) @attr (#any-of? @m "messages" "calls")
  (#set! recv "twilio.client") (#set! does "make") (#set! returns "kind:twilio.sender"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "create" "create_async")
  (#set! recv "twilio.sender") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "sendgrid.SendGridAPIClient") (#set! does "make") (#set! returns "kind:sendgrid.client"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "send")
  (#set! recv "sendgrid.client") (#set! does "effect"))
; Money that moves; with a key of its own the same order is carried out once.
((call function: (_) @f) @call
  (#set! path "stripe.Charge.create|stripe.PaymentIntent.create|stripe.PaymentIntent.confirm|stripe.PaymentIntent.capture|stripe.Refund.create|stripe.Transfer.create|stripe.Payout.create|stripe.Subscription.create|stripe.Invoice.create|stripe.Invoice.pay|stripe.InvoiceItem.create|stripe.checkout.Session.create|stripe.Customer.create")
  (#set! signature "!kw:idempotency_key") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "boto3.client") (#set! when "pos:0|kw:service_name=sqs|sns|ses|sesv2|pinpoint|events|kinesis|firehose|lambda|stepfunctions|iot-data")
  (#set! does "make") (#set! returns "kind:aws.outside"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "client" "create_client")
  (#set! recv "aws.session") (#set! when "pos:0|kw:service_name=sqs|sns|ses|sesv2|pinpoint|events|kinesis|firehose|lambda|stepfunctions|iot-data") (#set! does "make") (#set! returns "kind:aws.outside"))
((call function: (_) @f) @call (#set! path "boto3.resource") (#set! when "pos:0|kw:service_name=sqs|sns")
  (#set! does "make") (#set! returns "kind:aws.messages"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "resource")
  (#set! recv "aws.session") (#set! when "pos:0|kw:service_name=sqs|sns") (#set! does "make") (#set! returns "kind:aws.messages"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "Queue" "get_queue_by_name" "create_queue" "Topic" "create_topic" "PlatformEndpoint")
  (#set! recv "aws.messages") (#set! does "make") (#set! returns "kind:aws.outside"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call
  (#any-of? @m "send_message" "send_message_batch" "send_messages" "publish" "publish_batch" "send_email" "send_raw_email" "send_templated_email" "put_events" "put_record" "put_records" "put_record_batch" "invoke" "invoke_async" "start_execution" "start_sync_execution")
  (#set! recv "aws.outside") (#set! does "effect"))
((call function: (_) @f) @call (#set! path "smtplib.SMTP|smtplib.SMTP_SSL|smtplib.LMTP") (#set! does "make") (#set! returns "kind:python.mailer"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "send_message" "sendmail")
  (#set! recv "python.mailer") (#set! does "effect"))
