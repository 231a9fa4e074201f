// Package api is the HTTP face of the planner.
package api

import (
	"encoding/json"
	"net/http"

	"example.com/dockslots/booking"
)

// Server answers requests.
type Server struct {
	planner *booking.Planner
}

// New serves a planner.
func New(planner *booking.Planner) *Server {
	return &Server{planner: planner}
}

// Routes are the paths served.
func (s *Server) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slots/{id}/assign", s.assign)
	mux.HandleFunc("POST /slots/{id}/assign-unchanged", s.assignUnchanged)
	mux.HandleFunc("POST /slots/{id}/arrived", s.arrived)
	return mux
}

type assignment struct {
	Carrier string `json:"carrier"`
}

func (s *Server) assign(w http.ResponseWriter, r *http.Request) {
	var body assignment
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.planner.Assign(r.Context(), r.PathValue("id"), body.Carrier); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) assignUnchanged(w http.ResponseWriter, r *http.Request) {
	var body assignment
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.planner.AssignUnchanged(r.Context(), r.PathValue("id"), body.Carrier); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) arrived(w http.ResponseWriter, r *http.Request) {
	if err := s.planner.Arrived(r.Context(), r.PathValue("id")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
