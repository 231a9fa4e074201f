// Command web serves the pickers.
package main

import (
	"context"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/orchard/shared/trees"
	"example.com/orchard/web/internal/picking"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	book := picking.New(trees.Open(dynamodb.NewFromConfig(cfg), "trees"))
	http.HandleFunc("POST /trees/{id}/picked", func(w http.ResponseWriter, r *http.Request) {
		kilos, _ := strconv.Atoi(r.FormValue("kilos"))
		if err := book.Picked(r.Context(), r.PathValue("id"), kilos); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	http.HandleFunc("POST /trees/{id}/picked-once", func(w http.ResponseWriter, r *http.Request) {
		kilos, _ := strconv.Atoi(r.FormValue("kilos"))
		if err := book.PickedOnce(r.Context(), r.PathValue("id"), kilos); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
