;;; pack: web
;;; language: python
;;; store: none
;;; entry-anchors: "flask" | "quart" | "fastapi" | "starlette" | "aws_lambda_powertools" | "chalice" | "aiohttp" | "ROOT_URLCONF"
;;; entry-anchors: "urlpatterns" | "re_path" | "import path" | "NinjaAPI" | ("rest_framework" & "Router") | ("django" & ("HttpResponse" | "JsonResponse" | "HttpRequest" | "views.generic"))
;;; entry-anchors: "def lambda_handler" | "(event, context" | ", event, context" | "channels." | "admin.ModelAdmin" | "ModelAdmin)"
;;; kind web.app: router type flask.Flask type flask.Blueprint type quart.Quart type fastapi.FastAPI type fastapi.APIRouter type starlette.applications.Starlette type starlette.routing.Router type chalice.Chalice type aiohttp.web.Application type aiohttp.web.UrlDispatcher type aiohttp.web.RouteTableDef
;;; kind web.urls: router
;;; kind web.action: router
;;; list url-lists: urlpatterns
; What stands for the request that is served, and for what its client keeps: what these hold was sent, not made here.
;;; list request-objects: flask.request flask.session flask.globals.request flask.globals.session quart.request quart.session bottle.request
;;; list url-settings: ROOT_URLCONF
;;; list method-attributes: http_method_names
;;; list key-attributes: lookup_url_kwarg lookup_field
;;; list row-attributes: model queryset
;;; list row-methods: save asave delete adelete clean full_clean validate_unique
;;; list stream-fields: Records
;;; list handler-methods: __call__

; Flask and its kin
((call function: (_) @f) @call (#set! path "flask.Flask|quart.Quart|chalice.Chalice|flask_restful.Api|flask_restx.Api|flask_smorest.Api|flask_openapi3.OpenAPI")
  (#set! does "router") (#set! prefix "kw:prefix") (#set! returns "kind:web.app"))
((call function: (_) @f) @call (#set! path "flask.Blueprint|quart.Blueprint|chalice.Blueprint|flask_smorest.Blueprint|flask_openapi3.APIBlueprint")
  (#set! does "router") (#set! prefix "kw:url_prefix") (#set! returns "kind:web.app"))
((call function: (_) @f) @call (#set! path "flask_restx.Namespace")
  (#set! does "router") (#set! prefix "kw:path|pos:0") (#set! returns "kind:web.app"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "namespace")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "router") (#set! prefix "kw:path|pos:0") (#set! returns "kind:web.app"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "route" "api_route")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "pos:0|kw:rule|kw:path") (#set! methods "kw:methods|kw:method|'GET'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get" "post" "put" "patch" "delete" "head" "options" "websocket")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "pos:0|kw:rule|kw:path") (#set! methods "name"))
; What runs for every request. As a decorator it may stand on an application of which nothing is known.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "before_request" "before_app_request" "before_websocket" "after_request" "after_app_request" "teardown_request" "teardown_app_request" "teardown_appcontext" "url_value_preprocessor" "app_url_value_preprocessor" "context_processor" "app_context_processor" "errorhandler" "app_errorhandler" "middleware" "exception_handler" "not_found")
  (#set! recv "web.app") (#set! signature "!pos:1") (#set! does "endpoint") (#set! route "'*'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "before_request" "before_app_request" "before_websocket" "after_request" "after_app_request" "teardown_request" "teardown_app_request" "teardown_appcontext" "url_value_preprocessor" "app_url_value_preprocessor" "context_processor" "app_context_processor")
  (#set! recv "web.app") (#set! signature "pos:0 !pos:1") (#set! does "endpoint") (#set! route "'*'") (#set! handler "pos:0"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "register_error_handler" "add_exception_handler")
  (#set! recv "web.app") (#set! signature "pos:1") (#set! does "endpoint") (#set! route "'*'") (#set! handler "pos:1"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "use")
  (#set! recv "web.app") (#set! signature "kw:middlewares") (#set! does "endpoint") (#set! route "'*'") (#set! handler "kw:middlewares"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_url_rule")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "pos:0|kw:rule") (#set! handler "kw:view_func|pos:2") (#set! methods "kw:methods|'GET'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_api_route" "add_route")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0|kw:path") (#set! handler "pos:1|kw:endpoint") (#set! methods "kw:methods|'GET'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_resource")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:1..") (#set! handler "pos:0"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "register_blueprint" "register_api")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "mount") (#set! router "pos:0|kw:blueprint") (#set! prefix "kw:url_prefix") (#set! replaces "yes"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_namespace")
  (#set! recv "web.app") (#set! does "mount") (#set! router "pos:0") (#set! prefix "pos:1|kw:path") (#set! replaces "yes"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "flask.views.MethodView|flask.views.View|quart.views.MethodView|flask_restful.Resource|flask_restx.Resource|starlette.endpoints.HTTPEndpoint|aiohttp.web.View|fastapi.utils.Resource")
  (#set! does "endpoint") (#set! handlers "get=GET post=POST put=PUT patch=PATCH delete=DELETE head=HEAD options=OPTIONS dispatch_request"))

; FastAPI and Starlette
((call function: (_) @f) @call (#set! path "fastapi.FastAPI|starlette.applications.Starlette") (#set! does "router") (#set! returns "kind:web.app"))
((call function: (_) @f) @call (#set! path "fastapi.APIRouter|fastapi.routing.APIRouter|starlette.routing.Router")
  (#set! does "router") (#set! prefix "kw:prefix") (#set! returns "kind:web.app"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "include_router")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "mount") (#set! router "pos:0|kw:router") (#set! prefix "kw:prefix"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "mount")
  (#set! recv "web.app") (#set! does "mount") (#set! router "pos:1|kw:app") (#set! prefix "pos:0|kw:path"))
((call function: (_) @f) @call (#set! path "starlette.routing.Route|fastapi.routing.APIRoute")
  (#set! does "endpoint") (#set! route "pos:0|kw:path") (#set! handler "pos:1|kw:endpoint") (#set! methods "kw:methods|'GET'"))
((call function: (_) @f) @call (#set! path "starlette.routing.WebSocketRoute|fastapi.routing.APIWebSocketRoute")
  (#set! does "endpoint") (#set! route "pos:0|kw:path") (#set! handler "pos:1|kw:endpoint") (#set! methods "'WEBSOCKET'"))
((call function: (_) @f) @call (#set! path "starlette.routing.Mount")
  (#set! does "mount") (#set! router "pos:1|kw:app|kw:routes") (#set! prefix "pos:0|kw:path"))

; What its dependencies name is called before what stands below a router.
((call function: (_) @f) @call (#set! path "fastapi.FastAPI|fastapi.APIRouter|fastapi.routing.APIRouter")
  (#set! does "endpoint") (#set! route "'*'") (#set! handler "kw:dependencies"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "include_router")
  (#set! recv "web.app") (#set! does "endpoint") (#set! prefix "kw:prefix") (#set! route "'*'") (#set! handler "kw:dependencies"))
; What runs once in each worker, before requests are answered and after that.
((call function: (_) @f) @call (#set! path "fastapi.FastAPI|starlette.applications.Starlette|fastapi.APIRouter|starlette.routing.Router")
  (#set! does "endpoint") (#set! entry "script") (#set! handler "kw:lifespan"))
((call function: (_) @f) @call (#set! path "fastapi.FastAPI|starlette.applications.Starlette|fastapi.APIRouter|starlette.routing.Router")
  (#set! does "endpoint") (#set! entry "script") (#set! handler "kw:on_startup"))
((call function: (_) @f) @call (#set! path "fastapi.FastAPI|starlette.applications.Starlette|fastapi.APIRouter|starlette.routing.Router")
  (#set! does "endpoint") (#set! entry "script") (#set! handler "kw:on_shutdown"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "on_event")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! when "pos:0=startup") (#set! does "endpoint") (#set! entry "script"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "on_event")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! when "pos:0=shutdown") (#set! does "endpoint") (#set! entry "script"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_event_handler")
  (#set! recv "web.app") (#set! signature "pos:1") (#set! does "endpoint") (#set! entry "script") (#set! handler "pos:1"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "before_serving" "after_serving")
  (#set! recv "web.app") (#set! does "endpoint") (#set! entry "script"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "starlette.middleware.base.BaseHTTPMiddleware")
  (#set! does "endpoint") (#set! handlers "dispatch"))

; aiohttp
((call function: (_) @f) @call (#set! path "aiohttp.web.Application|aiohttp.web.RouteTableDef") (#set! does "router") (#set! returns "kind:web.app"))
((call function: (_) @f) @call (#set! path "aiohttp.web.get|aiohttp.web.post|aiohttp.web.put|aiohttp.web.patch|aiohttp.web.delete|aiohttp.web.head|aiohttp.web.view")
  (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "name"))
((call function: (_) @f) @call (#set! path "aiohttp.web.route")
  (#set! does "endpoint") (#set! methods "pos:0") (#set! route "pos:1") (#set! handler "pos:2"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_get")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "'GET'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_post")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "'POST'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_put")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "'PUT'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_patch")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "'PATCH'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_delete")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "'DELETE'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_head")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "'HEAD'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_view")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_routes")
  (#set! recv "web.app") (#set! does "mount") (#set! router "pos:0") (#set! prefix "''"))
((call function: (_) @f) @call (#set! path "aiohttp.web.Application") (#set! does "endpoint") (#set! route "'*'") (#set! handler "kw:middlewares"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "view")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "pos:0"))
((call function: (_) @f) @call (#set! path "aiohttp.web.middleware") (#set! does "endpoint") (#set! route "'*'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_subapp")
  (#set! recv "web.app") (#set! does "mount") (#set! prefix "pos:0") (#set! router "pos:1"))

; Django Ninja
((call function: (_) @f) @call (#set! path "ninja.NinjaAPI|ninja.Router") (#set! does "router") (#set! returns "kind:web.app"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_router")
  (#set! recv "web.app") (#set! does "mount") (#set! router "pos:1|kw:router") (#set! prefix "pos:0|kw:prefix"))

; Functions of a platform
((function_definition name: (identifier) @name) @def
  (#set! does "endpoint") (#set! entry "function") (#set! params "event|_event|evt context|_context|ctx|_ctx|_"))
((call function: (_) @f) @call (#set! path "aws_lambda_powertools.event_handler.APIGatewayRestResolver|aws_lambda_powertools.event_handler.APIGatewayHttpResolver|aws_lambda_powertools.event_handler.ALBResolver|aws_lambda_powertools.event_handler.LambdaFunctionUrlResolver|aws_lambda_powertools.event_handler.VPCLatticeResolver|aws_lambda_powertools.event_handler.VPCLatticeV2Resolver|aws_lambda_powertools.event_handler.AppSyncResolver|aws_lambda_powertools.event_handler.BedrockAgentResolver|aws_lambda_powertools.event_handler.api_gateway.Router|aws_lambda_powertools.event_handler.router.APIGatewayRouter|aws_lambda_powertools.event_handler.router.APIGatewayHttpRouter|aws_lambda_powertools.event_handler.api_gateway.APIGatewayRestResolver|aws_lambda_powertools.event_handler.api_gateway.APIGatewayHttpResolver|aws_lambda_powertools.event_handler.api_gateway.ApiGatewayResolver")
  (#set! does "router") (#set! returns "kind:web.app"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "resolver")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "kw:field_name") (#set! methods "kw:type_name"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "on_sqs_message" "on_kinesis_record" "on_dynamodb_record")
  (#set! recv "web.app") (#set! does "endpoint") (#set! entry "consumer"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "on_s3_event" "on_sns_message" "on_cw_event" "lambda_function" "schedule" "authorizer")
  (#set! recv "web.app") (#set! does "endpoint") (#set! entry "function"))
((call function: (_) @f) @call (#set! path "aws_lambda_powertools.utilities.data_classes.event_source") (#set! when "kw:data_class=aws_lambda_powertools.utilities.data_classes.SQSEvent")
  (#set! does "endpoint") (#set! entry "consumer"))
((call function: (_) @f) @call (#set! path "aws_lambda_powertools.utilities.data_classes.event_source") (#set! when "kw:data_class=aws_lambda_powertools.utilities.data_classes.KinesisStreamEvent")
  (#set! does "endpoint") (#set! entry "consumer"))
((call function: (_) @f) @call (#set! path "aws_lambda_powertools.utilities.data_classes.event_source") (#set! when "kw:data_class=aws_lambda_powertools.utilities.data_classes.DynamoDBStreamEvent")
  (#set! does "endpoint") (#set! entry "consumer"))
((call function: (_) @f) @call (#set! path "aws_lambda_powertools.utilities.batch.batch_processor|aws_lambda_powertools.utilities.batch.sqs_batch_processor|aws_lambda_powertools.utilities.batch.async_batch_processor")
  (#set! does "endpoint") (#set! entry "consumer"))

((call function: (_) @f) @call (#set! path "aws_lambda_powertools.utilities.batch.process_partial_response|aws_lambda_powertools.utilities.batch.async_process_partial_response|aws_lambda_powertools.utilities.batch.decorators.process_partial_response")
  (#set! does "endpoint") (#set! entry "consumer") (#set! handler "kw:record_handler|pos:1"))
((call function: (_) @f) @call (#set! path "aws_lambda_powertools.utilities.batch.batch_processor|aws_lambda_powertools.utilities.batch.async_batch_processor")
  (#set! does "endpoint") (#set! entry "consumer") (#set! handler "kw:record_handler"))

; Django: where URLs lead
((call function: (_) @f) @call (#set! path "django.urls.path|django.urls.re_path|django.urls.conf.path|django.urls.conf.re_path|django.conf.urls.url|django.conf.urls.re_path")
  (#set! does "endpoint") (#set! route "pos:0|kw:route|kw:regex") (#set! handler "pos:1|kw:view"))
((call function: (_) @f) @call (#set! path "django.urls.include|django.urls.conf.include|django.conf.urls.include")
  (#set! does "mount") (#set! router "pos:0|kw:arg"))
((call function: (_) @f) @call (#set! path "django.views.decorators.http.require_POST") (#set! does "endpoint") (#set! methods "'POST'"))
((call function: (_) @f) @call (#set! path "django.views.decorators.http.require_GET") (#set! does "endpoint") (#set! methods "'GET'"))
((call function: (_) @f) @call (#set! path "django.views.decorators.http.require_safe") (#set! does "endpoint") (#set! methods "'GET'"))
((call function: (_) @f) @call (#set! path "django.views.decorators.http.require_http_methods") (#set! does "endpoint") (#set! methods "pos:0"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.views.View|django.views.generic.*")
  (#set! does "endpoint") (#set! handlers "get=GET post=POST put=PUT patch=PATCH delete=DELETE head=HEAD options=OPTIONS form_valid=POST form_invalid=POST save=POST dispatch"))

((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.contrib.admin.ModelAdmin|django.contrib.admin.options.*|django.contrib.admin.TabularInline|django.contrib.admin.StackedInline|django.contrib.auth.admin.*")
  (#set! does "endpoint") (#set! handlers "save_model=POST save_form=POST save_related=POST save_formset=POST save_new_objects=POST delete_model=POST delete_queryset=POST response_add=POST response_change=POST response_delete=POST response_action=POST log_addition=POST log_change=POST log_deletion=POST add_view=GET,POST change_view=GET,POST changeform_view=GET,POST changelist_view=GET,POST delete_view=GET,POST history_view=GET")
  (#set! handler "own:actions") (#set! methods "'POST'"))
((call function: (_) @f) @call (#set! path "django.contrib.admin.action|django.contrib.admin.decorators.action") (#set! does "endpoint") (#set! methods "'POST'"))

; Channels
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "channels.generic.websocket.*|channels.generic.http.*")
  (#set! does "endpoint") (#set! handlers "connect=WEBSOCKET websocket_connect=WEBSOCKET receive=WEBSOCKET receive_json=WEBSOCKET websocket_receive=WEBSOCKET disconnect=WEBSOCKET websocket_disconnect=WEBSOCKET handle"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "channels.consumer.*")
  (#set! does "endpoint") (#set! entry "consumer"))

; Django REST framework
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.views.APIView|rest_framework.generics.*|rest_framework.mixins.*")
  (#set! does "endpoint") (#set! handlers "get=GET post=POST put=PUT patch=PATCH delete=DELETE head=HEAD options=OPTIONS list=GET create=POST retrieve=GET update=PUT,PATCH partial_update=PATCH destroy=DELETE perform_create=POST perform_update=PUT,PATCH perform_destroy=DELETE save=POST,PUT,PATCH"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.viewsets.*")
  (#set! does "endpoint") (#set! handlers "list=GET create=POST retrieve=GET:<pk>/ update=PUT,PATCH:<pk>/ partial_update=PATCH:<pk>/ destroy=DELETE:<pk>/ perform_create=POST perform_update=PUT,PATCH:<pk>/ perform_destroy=DELETE:<pk>/ get=GET post=POST put=PUT patch=PATCH delete=DELETE save=POST,PUT,PATCH"))
((call function: (_) @f) @call (#set! path "rest_framework.routers.DefaultRouter|rest_framework.routers.SimpleRouter|rest_framework.routers.BaseRouter|rest_framework_nested.routers.DefaultRouter|rest_framework_nested.routers.SimpleRouter|rest_framework_extensions.routers.ExtendedDefaultRouter|rest_framework_extensions.routers.ExtendedSimpleRouter")
  (#set! does "router") (#set! unslashed "kw:trailing_slash=False") (#set! returns "kind:web.urls"))
((call function: (_) @f) @call (#set! path "rest_framework_nested.routers.NestedDefaultRouter|rest_framework_nested.routers.NestedSimpleRouter")
  (#set! does "router") (#set! prefix "pos:1") (#set! route "'<parent>/'") (#set! returns "kind:web.urls"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.routers.*|rest_framework_nested.routers.*|rest_framework_extensions.routers.*")
  (#set! does "router") (#set! returns "kind:web.urls"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "register")
  (#set! recv "web.urls") (#set! does "endpoint") (#set! route "pos:0|kw:prefix") (#set! handler "pos:1|kw:viewset") (#set! expands "yes") (#set! prefix "'<parent>/'") (#set! returns "kind:web.urls"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "extend")
  (#set! recv "web.urls") (#set! does "mount") (#set! router "pos:0") (#set! prefix "''"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.api_view") (#set! does "endpoint") (#set! methods "pos:0|kw:http_method_names|'GET'"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.action") (#set! when "kw:detail|pos:1=True")
  (#set! does "endpoint") (#set! prefix "'<pk>/'") (#set! route "kw:url_path|pos:2|name") (#set! methods "kw:methods|pos:0|'GET'") (#set! returns "kind:web.action"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.detail_route")
  (#set! does "endpoint") (#set! prefix "'<pk>/'") (#set! route "kw:url_path|name") (#set! methods "kw:methods|pos:0|'GET'") (#set! returns "kind:web.action"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.action|rest_framework.decorators.list_route")
  (#set! does "endpoint") (#set! route "kw:url_path|pos:2|name") (#set! methods "kw:methods|pos:0|'GET'") (#set! returns "kind:web.action"))
; `@orders.mapping.post`: another method under the path of the first.
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get" "post" "put" "patch" "delete" "head" "options")
  (#set! recv "web.action") (#set! does "endpoint") (#set! methods "name"))
