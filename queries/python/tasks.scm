;;; pack: tasks
;;; language: python
;;; store: none
;;; entry-anchors: "shared_task" | ("celery" & ("@app.task" | "@celery.task" | "_app.task" | ".task(")) | "dramatiq" | "django_rq" | "from rq" | "import rq" | "apscheduler" | "django_q" | "basic_consume" | "django.tasks" | "BaseCommand" | ("django" & "@receiver") | "receive_message" | "__main__" | "click.command" | "click.group" | ("click" & ".command(")
;;; kind tasks.signal: router type django.db.models.signals.pre_save type django.db.models.signals.post_save type django.db.models.signals.pre_delete type django.db.models.signals.post_delete type django.db.models.signals.m2m_changed type django.db.models.signals.pre_init type django.db.models.signals.post_init type django.core.signals.request_started type django.core.signals.request_finished type django.contrib.auth.signals.user_logged_in type django.contrib.auth.signals.user_logged_out type django.contrib.auth.signals.user_login_failed type celery.signals.task_success type celery.signals.task_failure type celery.signals.task_retry type celery.signals.task_revoked type celery.signals.task_prerun type celery.signals.task_postrun type celery.signals.task_received type celery.signals.task_unknown type celery.signals.before_task_publish type celery.signals.after_task_publish type celery.signals.worker_init type celery.signals.worker_ready type celery.signals.worker_shutdown type celery.signals.worker_process_init type celery.signals.worker_process_shutdown type celery.signals.beat_init type celery.signals.setup_logging type django.db.models.signals.ModelSignal type django.dispatch.Signal
;;; kind tasks.migration: router type django.db.models.signals.post_migrate type django.db.models.signals.pre_migrate
;;; kind tasks.app: router type celery.Celery
;;; kind tasks.queue: router type rq.Queue type rq.queue.Queue
;;; kind tasks.clock: router type apscheduler.schedulers.background.BackgroundScheduler type apscheduler.schedulers.blocking.BlockingScheduler type apscheduler.schedulers.asyncio.AsyncIOScheduler
;;; list removal-signals: pre_delete post_delete
;;; list migration-signals: pre_migrate post_migrate
;;; list row-keys: pk id
;;; list route-lookups: get_object
;;; list route-keys: pk
;;; list waiting: time.sleep asyncio.sleep sleep
;;; list polling-options: --loop --daemon --forever --interval --no-loop

; Queues of tasks
((call function: (_) @f) @call (#set! path "celery.shared_task|celery.task|celery.decorators.task|celery.task.task|celery.task.periodic_task|rq.decorators.job|django_rq.job|dramatiq.actor|huey.contrib.djhuey.task|huey.contrib.djhuey.db_task|huey.contrib.djhuey.periodic_task|huey.contrib.djhuey.db_periodic_task|dispatcherd.publish.task|django.tasks.task|django_tasks.task|procrastinate.contrib.django.app.task")
  (#set! does "endpoint") (#set! entry "task"))
((call function: (_) @f) @call (#set! path "celery.Celery") (#set! does "router") (#set! returns "kind:tasks.app"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "task" "periodic_task")
  (#set! recv "tasks.app") (#set! signature "!pos:1") (#set! does "endpoint") (#set! entry "task"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "celery.Task|celery.app.task.Task|celery.task.Task|celery.task.base.Task|celery.Celery.Task")
  (#set! does "endpoint") (#set! entry "task") (#set! handlers "run __call__ before_start on_success on_failure on_retry after_return"))
((call function: (_) @f) @call (#set! path "rq.Queue|rq.queue.Queue|django_rq.get_queue|django_rq.queues.get_queue") (#set! does "router") (#set! returns "kind:tasks.queue"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "enqueue" "enqueue_call")
  (#set! recv "tasks.queue") (#set! does "endpoint") (#set! entry "task") (#set! handler "pos:0|kw:func"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "enqueue_in" "enqueue_at")
  (#set! recv "tasks.queue") (#set! does "endpoint") (#set! entry "task") (#set! handler "pos:1"))
((call function: (_) @f) @call (#set! path "django_q.tasks.async_task|django_q.tasks.schedule|django_q.tasks.AsyncTask|arq.cron|arq.cron.cron|arq.func|arq.worker.func")
  (#set! does "endpoint") (#set! entry "task") (#set! handler "pos:0|kw:func|kw:coroutine"))
((call function: (_) @f) @call (#set! path "django_rq.enqueue") (#set! does "endpoint") (#set! entry "task") (#set! handler "pos:0|kw:func"))
((call function: (_) @f) @call (#set! path "apscheduler.schedulers.background.BackgroundScheduler|apscheduler.schedulers.blocking.BlockingScheduler|apscheduler.schedulers.asyncio.AsyncIOScheduler") (#set! does "router") (#set! returns "kind:tasks.clock"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "scheduled_job")
  (#set! recv "tasks.clock") (#set! does "endpoint") (#set! entry "task"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#eq? @m "add_job")
  (#set! recv "tasks.clock") (#set! does "endpoint") (#set! entry "task") (#set! handler "pos:0|kw:func"))

; Pulp: a task starts when no other one holds a resource that it names as its own
((call function: (_) @f) @call (#set! path "pulpcore.plugin.tasking.dispatch|pulpcore.plugin.tasking.adispatch|pulpcore.tasking.tasks.dispatch|pulpcore.tasking.tasks.adispatch")
  (#set! does "enqueue") (#set! invokes "pos:0|kw:func") (#set! hands "pos:1|kw:args") (#set! hands-named "pos:2|kw:kwargs") (#set! excludes "pos:4|kw:exclusive_resources"))

; Signals run in whatever changes the row
((call function: (_) @f) @call (#set! path "django.dispatch.receiver|django.dispatch.dispatcher.receiver")
  (#set! does "endpoint") (#set! entry "signal") (#set! route "pos:0|kw:signal"))
((call function: (_) @f) @call (#set! path "django.dispatch.Signal") (#set! does "router") (#set! returns "kind:tasks.signal"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "connect")
  (#set! recv "tasks.signal") (#set! does "endpoint") (#set! entry "signal") (#set! route "recv") (#set! handler "pos:0|kw:receiver"))

((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "connect")
  (#set! recv "tasks.migration") (#set! does "endpoint") (#set! entry "command") (#set! route "recv") (#set! handler "pos:0|kw:receiver"))

; Commands
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.core.management.base.BaseCommand|django.core.management.BaseCommand|django.core.management.base.LabelCommand|django.core.management.base.AppCommand|flask_script.Command")
  (#set! does "endpoint") (#set! entry "command") (#set! handlers "handle handle_label handle_app_config run"))
((call function: (_) @f) @call (#set! path "click.command|typer.command") (#set! does "endpoint") (#set! entry "command") (#set! route "pos:0|kw:name|name"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "command")
  (#set! recv "web.app|tasks.cli") (#set! signature "!pos:1") (#set! does "endpoint") (#set! entry "command") (#set! route "pos:0|kw:name|name"))
((call function: (_) @f) @call (#set! path "click.group|click.Group|typer.Typer|flask.cli.AppGroup") (#set! does "router") (#set! returns "kind:tasks.cli"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "group")
  (#set! recv "tasks.cli") (#set! does "router") (#set! returns "kind:tasks.cli"))

; Queues of messages
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "receive_message")
  (#set! signature "kw:QueueUrl") (#set! does "endpoint") (#set! entry "consumer") (#set! handler "here"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "receive_messages")
  (#set! signature "!pos:0") (#set! does "endpoint") (#set! entry "consumer") (#set! handler "here"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "basic_consume")
  (#set! signature "kw:on_message_callback") (#set! does "endpoint") (#set! entry "consumer") (#set! handler "kw:on_message_callback"))
