module example.com/orchard/web

go 1.22

require (
	example.com/orchard/shared v0.0.0
	github.com/aws/aws-sdk-go-v2 v1.30.0
	github.com/aws/aws-sdk-go-v2/config v1.27.0
)

replace example.com/orchard/shared => ../shared
