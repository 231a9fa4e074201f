module example.com/lockers

go 1.22

require (
	github.com/aws/aws-sdk-go v1.50.0
	github.com/gin-gonic/gin v1.9.1
	github.com/go-chi/chi/v5 v5.0.12
	github.com/guregu/dynamo v1.20.0
	github.com/labstack/echo/v4 v4.11.0
)
