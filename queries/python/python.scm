;;; pack: python
;;; language: python
;;; store: none
; What asks for the time (`clocks`), and calls that are made for what they do but matter to nobody else (`quiet`, by name).
;;; list clocks: datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today datetime.now datetime.utcnow time.time time.time_ns time.monotonic arrow.utcnow arrow.now pendulum.now
;;; list quiet: debug info warning warn error exception critical log write writeln flush sleep append extend insert add update pop clear sort reverse setdefault discard print set set_many touch collect close capture_exception capture_message add_breadcrumb set_tag set_context

; The environment and settings give the same value wherever they are asked.
((call function: (_) @f) @call (#set! path "asyncio.to_thread") (#set! does "invoke") (#set! invokes "pos:0"))
((call function: (_) @f) @call (#set! path "asgiref.sync.sync_to_async|asgiref.sync.async_to_sync") (#set! does "same") (#set! returns "arg:pos:0"))
((call function: (_) @f) @call (#set! path "copy.copy|copy.deepcopy") (#set! does "same") (#set! returns "arg:pos:0"))
((call function: (_) @f) @call (#set! path "threading.Lock|threading.RLock|threading.Semaphore|asyncio.Lock|asyncio.Semaphore|multiprocessing.Lock") (#set! does "region") (#set! token "process"))

; Answers that end a request by raising
((call function: (_) @f) @call (#set! path "flask.abort|werkzeug.exceptions.abort|quart.abort|bottle.abort|flask_restful.abort|flask_smorest.abort|flask_restx.abort") (#set! does "fail"))
