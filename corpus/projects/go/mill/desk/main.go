package main

import (
	"context"
	"log"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/mill/grain"
)

var store *grain.Store

func sell(w http.ResponseWriter, r *http.Request) {
	sort, err := store.Get(r.Context(), r.PathValue("sort"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	sort.Sacks--
	if err := store.SetSacks(r.Context(), sort.Name, sort.Sacks); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

func sellSafely(w http.ResponseWriter, r *http.Request) {
	sort, err := store.Get(r.Context(), r.PathValue("sort"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if sort.Sacks == 0 {
		http.Error(w, "sold out", http.StatusConflict)
		return
	}
	if err := store.Take(r.Context(), sort.Name, 1); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	store = &grain.Store{Client: dynamodb.NewFromConfig(cfg), Table: "sorts"}
	http.HandleFunc("POST /sell/{sort}", sell)
	http.HandleFunc("POST /sell-safely/{sort}", sellSafely)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
