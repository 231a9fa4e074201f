module example.com/feed

go 1.22

require github.com/aws/aws-sdk-go v1.55.5
