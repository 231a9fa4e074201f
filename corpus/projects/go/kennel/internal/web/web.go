// Package web is the face to the web.
package web

import (
	"net/http"

	"example.com/kennel/internal/svc"
)

// Server answers requests.
type Server struct {
	svc *svc.Service
}

// New makes a server of a service.
func New(s *svc.Service) *Server { return &Server{svc: s} }

// Routes says what is answered.
func (s *Server) Routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /dogs/{id}/feed", s.feed)
	m.HandleFunc("POST /dogs/{id}/feed-once", s.feedOnce)
	return m
}

func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	if err := s.svc.Feed(r.Context(), r.PathValue("id"), 3); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func (s *Server) feedOnce(w http.ResponseWriter, r *http.Request) {
	if err := s.svc.FeedOnce(r.Context(), r.PathValue("id"), 3); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}
