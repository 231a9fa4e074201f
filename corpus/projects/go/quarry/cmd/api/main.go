package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"example.com/quarry/internal/db"
	"example.com/quarry/internal/pits"
)

type server struct{ pits *pits.Service }

type order struct {
	Pit  string `json:"pit"`
	Tons int    `json:"tons"`
}

func read(w http.ResponseWriter, r *http.Request) (order, bool) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return o, false
	}
	return o, true
}

func (s *server) dig(w http.ResponseWriter, r *http.Request) {
	if o, ok := read(w, r); ok {
		answer(w, s.pits.Dig(r.Context(), o.Pit, o.Tons))
	}
}

func (s *server) digSafely(w http.ResponseWriter, r *http.Request) {
	if o, ok := read(w, r); ok {
		answer(w, s.pits.DigSafely(r.Context(), o.Pit, o.Tons))
	}
}

func (s *server) survey(w http.ResponseWriter, r *http.Request) {
	if o, ok := read(w, r); ok {
		answer(w, s.pits.Survey(r.Context(), o.Pit, o.Tons))
	}
}

func (s *server) load(w http.ResponseWriter, r *http.Request) {
	answer(w, s.pits.Load(r.FormValue("pit")))
}

func (s *server) loadSafely(w http.ResponseWriter, r *http.Request) {
	answer(w, s.pits.LoadSafely(r.FormValue("pit")))
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func main() {
	s := &server{pits: pits.NewService(db.Open(os.Getenv("STAGE")))}
	http.HandleFunc("POST /dig", s.dig)
	http.HandleFunc("POST /dig-safely", s.digSafely)
	http.HandleFunc("POST /survey", s.survey)
	http.HandleFunc("POST /load", s.load)
	http.HandleFunc("POST /load-safely", s.loadSafely)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
