package main

import (
	"context"
	"log"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/gin-gonic/gin"

	transport "example.com/ledger/internal/http"
	"example.com/ledger/internal/ledger"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	repo := ledger.NewRepository(dynamodb.NewFromConfig(cfg), "accounts")
	handler := transport.NewHandler(ledger.NewService(repo))

	r := gin.Default()
	v1 := r.Group("/v1")
	handler.Register(v1)
	r.GET("/health", func(c *gin.Context) { c.Status(204) })
	log.Fatal(r.Run())
}
