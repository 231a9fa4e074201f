;;; pack: web
;;; language: go
;;; store: none
;;; entry-anchors: "gin-gonic/gin" | "labstack/echo" | "go-chi/chi" | "gorilla/mux" | "gofiber/fiber" | "http.HandleFunc" | "http.Handle(" | "NewServeMux" | "http.HandlerFunc" | "http.ListenAndServe" | "aws-lambda-go/lambda" | "sqs.ReceiveMessageInput" | "func main(" | "spf13/cobra" | "urfave/cli"
;;; kind web.router: router type github.com/gin-gonic/gin.Engine type github.com/gin-gonic/gin.RouterGroup type github.com/gin-gonic/gin.IRouter type github.com/gin-gonic/gin.IRoutes type github.com/labstack/echo/v4.Echo type github.com/labstack/echo/v4.Group type github.com/labstack/echo.Echo type github.com/labstack/echo.Group type github.com/labstack/echo/v5.Echo type github.com/labstack/echo/v5.Group type github.com/go-chi/chi.Router type github.com/go-chi/chi.Mux type github.com/go-chi/chi/v5.Router type github.com/go-chi/chi/v5.Mux type net/http.ServeMux type github.com/gorilla/mux.Router type github.com/gorilla/mux.Route type github.com/gofiber/fiber/v2.App type github.com/gofiber/fiber/v2.Router type github.com/gofiber/fiber/v3.App type github.com/gofiber/fiber/v3.Router
;;; list handler-types: net/http.HandlerFunc net/http.Handler github.com/gin-gonic/gin.HandlerFunc github.com/labstack/echo/v4.HandlerFunc github.com/labstack/echo.HandlerFunc github.com/gofiber/fiber/v2.Handler
;;; list handler-methods: ServeHTTP Invoke
;;; list request-types: net/http.Request github.com/gin-gonic/gin.Context github.com/labstack/echo/v4.Context github.com/labstack/echo/v5.Context github.com/labstack/echo.Context github.com/gofiber/fiber/v2.Ctx github.com/gofiber/fiber/v3.Ctx
;;; list method-constants: net/http.MethodGet=GET net/http.MethodHead=HEAD net/http.MethodPost=POST net/http.MethodPut=PUT net/http.MethodPatch=PATCH net/http.MethodDelete=DELETE net/http.MethodOptions=OPTIONS
;;; list stream-events: github.com/aws/aws-lambda-go/events.SQSEvent github.com/aws/aws-lambda-go/events.SQSMessage github.com/aws/aws-lambda-go/events.KinesisEvent github.com/aws/aws-lambda-go/events.DynamoDBEvent github.com/aws/aws-lambda-go/events.KafkaEvent github.com/aws/aws-lambda-go/events.KinesisFirehoseEvent
;;; list waiting: time.Sleep
;;; list command-fields: github.com/spf13/cobra.Command.Run github.com/spf13/cobra.Command.RunE github.com/spf13/cobra.Command.PreRun github.com/spf13/cobra.Command.PreRunE github.com/spf13/cobra.Command.PersistentPreRun github.com/spf13/cobra.Command.PersistentPreRunE github.com/urfave/cli.Command.Action github.com/urfave/cli/v2.Command.Action github.com/urfave/cli/v3.Command.Action
;;; list command-names: github.com/spf13/cobra.Command.Use github.com/urfave/cli.Command.Name github.com/urfave/cli/v2.Command.Name github.com/urfave/cli/v3.Command.Name

((call_expression function: (_) @f) @call (#set! path "github.com/gin-gonic/gin.Default|github.com/gin-gonic/gin.New|github.com/labstack/echo/v4.New|github.com/labstack/echo/v5.New|github.com/labstack/echo.New|github.com/go-chi/chi.NewRouter|github.com/go-chi/chi/v5.NewRouter|github.com/go-chi/chi.NewMux|github.com/go-chi/chi/v5.NewMux|net/http.NewServeMux|github.com/gorilla/mux.NewRouter|github.com/gofiber/fiber/v2.New|github.com/gofiber/fiber/v3.New")
  (#set! does "router") (#set! returns "kind:web.router"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Group" "Route" "PathPrefix")
  (#set! recv "web.router") (#set! does "router") (#set! prefix "pos:0") (#set! invokes "pos:0 pos:1") (#set! returns "kind:web.router"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Group")
  (#set! recv "web.router") (#set! signature "pos:1") (#set! does "endpoint") (#set! route "'*'") (#set! handler "pos:1.."))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "With")
  (#set! recv "web.router") (#set! does "router") (#set! handler "pos:*") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Subrouter" "StrictSlash" "SkipClean" "UseEncodedPath" "Host" "Schemes" "Headers" "Queries" "Name")
  (#set! recv "web.router") (#set! does "router") (#set! returns "recv"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Mount")
  (#set! recv "web.router") (#set! does "mount") (#set! prefix "pos:0") (#set! router "pos:1"))

((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "GET" "POST" "PUT" "PATCH" "DELETE" "HEAD" "OPTIONS" "Get" "Post" "Put" "Patch" "Delete" "Head" "Options")
  (#set! recv "web.router") (#set! signature "pos:1") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1..") (#set! methods "name") (#set! returns "kind:web.router"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Any" "All")
  (#set! recv "web.router") (#set! signature "pos:1") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1.."))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Handle" "Add" "Method" "MethodFunc" "Match")
  (#set! recv "web.router") (#set! signature "pos:2") (#set! does "endpoint") (#set! methods "pos:0") (#set! route "pos:1") (#set! handler "pos:2.."))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Handle" "HandleFunc")
  (#set! recv "web.router") (#set! signature "pos:1 !pos:2") (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1") (#set! returns "kind:web.router"))
((call_expression function: (_) @f) @call (#set! path "net/http.HandleFunc|net/http.Handle")
  (#set! does "endpoint") (#set! route "pos:0") (#set! handler "pos:1"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Handler" "HandlerFunc")
  (#set! recv "web.router") (#set! signature "pos:0 !pos:1") (#set! does "endpoint") (#set! handler "pos:0") (#set! returns "kind:web.router"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Methods")
  (#set! recv "web.router") (#set! does "endpoint") (#set! methods "pos:*") (#set! returns "kind:web.router"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Path")
  (#set! recv "web.router") (#set! does "endpoint") (#set! route "pos:0") (#set! returns "kind:web.router"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Use")
  (#set! recv "web.router") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "'*'") (#set! handler "pos:*"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "NoRoute" "NoMethod" "NotFound" "MethodNotAllowed")
  (#set! recv "web.router") (#set! signature "pos:0") (#set! does "endpoint") (#set! route "'*'") (#set! handler "pos:*"))
((call_expression function: (_) @f) @call (#set! path "net/http.StripPrefix")
  (#set! does "mount") (#set! prefix "pos:0") (#set! router "pos:1"))
((call_expression function: (_) @f) @call (#set! path "net/http.ListenAndServe|net/http.Serve")
  (#set! does "endpoint") (#set! route "'*'") (#set! handler "pos:1"))
((call_expression function: (_) @f) @call (#set! path "net/http.ListenAndServeTLS")
  (#set! does "endpoint") (#set! route "'*'") (#set! handler "pos:3"))

; Functions of a platform, queues
((call_expression function: (_) @f) @call (#set! path "github.com/aws/aws-lambda-go/lambda.Start|github.com/aws/aws-lambda-go/lambda.StartHandler|github.com/aws/aws-lambda-go/lambda.StartWithOptions")
  (#set! does "endpoint") (#set! entry "function") (#set! handler "pos:0"))
((call_expression function: (_) @f) @call (#set! path "github.com/aws/aws-lambda-go/lambda.StartWithContext|github.com/aws/aws-lambda-go/lambda.StartHandlerWithContext")
  (#set! does "endpoint") (#set! entry "function") (#set! handler "pos:1"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "ReceiveMessage" "ReceiveMessageWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/sqs.ReceiveMessageInput|github.com/aws/aws-sdk-go/service/sqs.ReceiveMessageInput")
  (#set! does "endpoint") (#set! entry "consumer") (#set! handler "here"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "ReceiveMessage")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/sqs.ReceiveMessageInput")
  (#set! does "endpoint") (#set! entry "consumer") (#set! handler "here"))
