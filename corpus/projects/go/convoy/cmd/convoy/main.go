// Command convoy serves the drivers.
package main

import (
	"context"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/convoy/internal/truck"
)

type server struct {
	fleet *truck.Fleet
}

func (s *server) burn(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("litres"))
	answer(w, s.fleet.Burn(r.Context(), r.PathValue("plate"), n))
}

func (s *server) burnChecked(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("litres"))
	answer(w, s.fleet.BurnChecked(r.Context(), r.PathValue("plate"), n))
}

func (s *server) refuel(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.FormValue("litres"))
	answer(w, s.fleet.Refuel(r.Context(), r.PathValue("plate"), n))
}

func (s *server) topUp(w http.ResponseWriter, r *http.Request) {
	answer(w, s.fleet.TopUp(r.Context(), 5))
}

func (s *server) pass(w http.ResponseWriter, r *http.Request) {
	answer(w, s.fleet.Pass(r.Context(), r.PathValue("plate"), r.FormValue("stop")))
}

func (s *server) load(w http.ResponseWriter, r *http.Request) {
	answer(w, s.fleet.Load(r.Context(), r.PathValue("plate"), 1))
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	s := &server{fleet: truck.NewFleet(dynamodb.NewFromConfig(cfg))}
	http.HandleFunc("POST /trucks/{plate}/burn", s.burn)
	http.HandleFunc("POST /trucks/{plate}/burn-checked", s.burnChecked)
	http.HandleFunc("POST /trucks/{plate}/refuel", s.refuel)
	http.HandleFunc("POST /trucks/top-up", s.topUp)
	http.HandleFunc("POST /trucks/{plate}/pass", s.pass)
	http.HandleFunc("POST /trucks/{plate}/load", s.load)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
