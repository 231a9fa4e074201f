package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/parcels/internal/parcel"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	store := &parcel.Store{Client: dynamodb.NewFromConfig(cfg), Table: "parcels"}
	for _, code := range os.Args[1:] {
		if err := mend(ctx, store, code); err != nil {
			log.Print(err)
		}
	}
}

func mend(ctx context.Context, store *parcel.Store, code string) error {
	p, err := store.Get(ctx, code)
	if err != nil {
		return err
	}
	return store.SetStops(ctx, code, p.Stops+1)
}
