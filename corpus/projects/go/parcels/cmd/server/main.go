package main

import (
	"context"
	"log"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/parcels/internal/parcel"
	"example.com/parcels/internal/web"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	store := &parcel.Store{Client: dynamodb.NewFromConfig(cfg), Table: "parcels"}
	log.Fatal(http.ListenAndServe(":8080", web.New(store).Routes()))
}
