package main

import (
	"context"
	"log"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/kennel/internal/repo"
	"example.com/kennel/internal/svc"
	"example.com/kennel/internal/web"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	db := dynamodb.NewFromConfig(cfg)
	s := svc.New(repo.NewDogs(db))
	log.Fatal(http.ListenAndServe(":8080", web.New(s).Routes()))
}
