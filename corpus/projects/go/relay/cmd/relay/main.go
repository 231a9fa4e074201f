// Command relay serves a station.
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/guregu/dynamo/v2"

	"example.com/relay/internal/radio"
	"example.com/relay/internal/store"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	channels := store.NewRepository[*radio.Channel](dynamo.New(cfg), "channels",
		store.WithTimeout(2*time.Second), store.Consistent())
	station := radio.NewStation(channels)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /channels/{id}/join", handle(station.Join))
	mux.HandleFunc("POST /channels/{id}/join-unchanged", handle(station.JoinUnchanged))
	mux.HandleFunc("POST /channels/{id}/heard", handle(station.Heard))
	log.Fatal(http.ListenAndServe(":8080", mux))
}

func handle(do func(context.Context, string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := do(r.Context(), r.PathValue("id")); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
