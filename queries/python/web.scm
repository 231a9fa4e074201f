;;; pack: web
;;; language: python
;;; store: none
;;; entry-anchors: "flask" | "quart" | "fastapi" | "starlette" | "aws_lambda_powertools" | "chalice" | "aiohttp" | "ROOT_URLCONF"
;;; entry-anchors: "urlpatterns" | "re_path" | "import path" | "NinjaAPI" | ("rest_framework" & "Router") | ("django" & ("HttpResponse" | "JsonResponse" | "HttpRequest" | "views.generic"))
;;; entry-anchors: "def lambda_handler" | "(event, context"
;;; kind web.app: router type flask.Flask type flask.Blueprint type quart.Quart type fastapi.FastAPI type fastapi.APIRouter type starlette.applications.Starlette type starlette.routing.Router type chalice.Chalice type aiohttp.web.Application type aiohttp.web.UrlDispatcher type aiohttp.web.RouteTableDef
;;; kind web.urls: router
;;; list url-lists: urlpatterns
;;; list url-settings: ROOT_URLCONF
;;; list key-attributes: lookup_url_kwarg lookup_field
;;; list row-attributes: model queryset
;;; list row-methods: save asave delete adelete clean full_clean validate_unique
;;; list stream-fields: Records

; Flask and its kin
((call function: (_) @f) @call (#set! path "flask.Flask|quart.Quart|chalice.Chalice|flask_restful.Api|flask_restx.Api|flask_smorest.Api|flask_openapi3.OpenAPI")
  (#set! does "router") (#set! prefix "kw:prefix") (#set! returns "kind:web.app"))
((call function: (_) @f) @call (#set! path "flask.Blueprint|quart.Blueprint|chalice.Blueprint|flask_smorest.Blueprint|flask_openapi3.APIBlueprint|flask_restx.Namespace")
  (#set! does "router") (#set! prefix "kw:url_prefix|kw:path") (#set! returns "kind:web.app"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "route" "api_route")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "pos:0|kw:rule|kw:path") (#set! methods "kw:methods|kw:method|'GET'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "get" "post" "put" "patch" "delete" "head" "options" "websocket")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "pos:0|kw:rule|kw:path") (#set! methods "name"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "before_request" "before_app_request" "after_request" "after_app_request" "teardown_request" "middleware" "exception_handler" "errorhandler")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "'*'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_url_rule")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "pos:0|kw:rule") (#set! handler "kw:view_func|pos:2") (#set! methods "kw:methods|'GET'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_api_route" "add_route")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0|kw:path") (#set! handler "pos:1|kw:endpoint") (#set! methods "kw:methods|'GET'"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_resource")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:1..") (#set! handler "pos:0"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "register_blueprint" "register_api")
  (#set! recv "web.app") (#set! signature "pos:0") (#set! does "mount") (#set! router "pos:0|kw:blueprint") (#set! prefix "kw:url_prefix"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_namespace")
  (#set! recv "web.app") (#set! does "mount") (#set! router "pos:0") (#set! prefix "pos:1|kw:path"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "flask.views.MethodView|flask.views.View|quart.views.MethodView|flask_restful.Resource|flask_restx.Resource|starlette.endpoints.HTTPEndpoint|fastapi.utils.Resource")
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

; aiohttp
((call function: (_) @f) @call (#set! path "aiohttp.web.Application|aiohttp.web.RouteTableDef") (#set! does "router") (#set! returns "kind:web.app"))
((call function: (_) @f) @call (#set! path "aiohttp.web.get|aiohttp.web.post|aiohttp.web.put|aiohttp.web.patch|aiohttp.web.delete|aiohttp.web.head|aiohttp.web.view")
  (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! methods "name"))
((call function: (_) @f) @call (#set! path "aiohttp.web.route")
  (#set! does "endpoint") (#set! methods "pos:0") (#set! route "pos:1") (#set! handler "pos:2"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "add_get" "add_post" "add_put" "add_patch" "add_delete" "add_head")
  (#set! recv "web.app") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1"))
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
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "on_s3_event" "on_sns_message" "on_cw_event" "lambda_function" "schedule")
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

((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "django.contrib.admin.ModelAdmin|django.contrib.admin.options.*|django.contrib.admin.TabularInline|django.contrib.admin.StackedInline")
  (#set! does "endpoint") (#set! handlers "save_model=POST delete_model=POST"))
((call function: (_) @f) @call (#set! path "django.contrib.admin.action|django.contrib.admin.decorators.action") (#set! does "endpoint") (#set! methods "'POST'"))

; Django REST framework
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.views.APIView|rest_framework.generics.*|rest_framework.mixins.*")
  (#set! does "endpoint") (#set! handlers "get=GET post=POST put=PUT patch=PATCH delete=DELETE head=HEAD options=OPTIONS list=GET create=POST retrieve=GET update=PUT,PATCH partial_update=PATCH destroy=DELETE perform_create=POST perform_update=PUT,PATCH perform_destroy=DELETE save=POST,PUT,PATCH"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.viewsets.*")
  (#set! does "endpoint") (#set! handlers "list=GET create=POST retrieve=GET:<pk>/ update=PUT,PATCH:<pk>/ partial_update=PATCH:<pk>/ destroy=DELETE:<pk>/ perform_create=POST perform_update=PUT,PATCH:<pk>/ perform_destroy=DELETE:<pk>/ get=GET post=POST put=PUT patch=PATCH delete=DELETE save=POST,PUT,PATCH"))
((call function: (_) @f) @call (#set! path "rest_framework.routers.DefaultRouter|rest_framework.routers.SimpleRouter|rest_framework.routers.BaseRouter|rest_framework_nested.routers.DefaultRouter|rest_framework_nested.routers.SimpleRouter|rest_framework_extensions.routers.ExtendedDefaultRouter|rest_framework_extensions.routers.ExtendedSimpleRouter")
  (#set! does "router") (#set! returns "kind:web.urls"))
((call function: (_) @f) @call (#set! path "rest_framework_nested.routers.NestedDefaultRouter|rest_framework_nested.routers.NestedSimpleRouter")
  (#set! does "router") (#set! prefix "pos:1") (#set! route "'<parent>/'") (#set! returns "kind:web.urls"))
((class_definition superclasses: (argument_list (_) @base)) @decl (#set! path "rest_framework.routers.*|rest_framework_nested.routers.*|rest_framework_extensions.routers.*")
  (#set! does "router") (#set! returns "kind:web.urls"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "register")
  (#set! recv "web.urls") (#set! does "endpoint") (#set! route "pos:0|kw:prefix") (#set! handler "pos:1|kw:viewset") (#set! expands "yes") (#set! prefix "'<parent>/'") (#set! returns "kind:web.urls"))
((call function: (attribute object: (_) @recv attribute: (identifier) @m)) @call (#any-of? @m "extend")
  (#set! recv "web.urls") (#set! does "mount") (#set! router "pos:0") (#set! prefix "''"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.api_view") (#set! does "endpoint") (#set! methods "pos:0|kw:http_method_names|'GET'"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.action") (#set! when "kw:detail=True")
  (#set! does "endpoint") (#set! prefix "'<pk>/'") (#set! route "kw:url_path|name") (#set! methods "kw:methods|'GET'"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.detail_route")
  (#set! does "endpoint") (#set! prefix "'<pk>/'") (#set! route "kw:url_path|name") (#set! methods "kw:methods|'GET'"))
((call function: (_) @f) @call (#set! path "rest_framework.decorators.action|rest_framework.decorators.list_route")
  (#set! does "endpoint") (#set! route "kw:url_path|name") (#set! methods "kw:methods|'GET'"))
