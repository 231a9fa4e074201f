package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"example.com/parcels/internal/parcel"
)

type Server struct {
	store *parcel.Store
}

func New(store *parcel.Store) *Server {
	return &Server{store: store}
}

// Routes is the whole API.
func (s *Server) Routes() http.Handler {
	r := chi.NewRouter()
	r.Route("/parcels", func(r chi.Router) {
		r.Post("/{code}/stops", s.stop)
		r.With(signed).Delete("/{code}/stops", s.skip)
	})
	r.Mount("/admin", s.admin())
	return r
}

func (s *Server) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /reset/{code}", s.reset)
	mux.Handle("/double/{code}", signed(http.HandlerFunc(s.double)))
	return mux
}

func signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Signature") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) stop(w http.ResponseWriter, r *http.Request) {
	p, err := s.store.Get(r.Context(), chi.URLParam(r, "code"))
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if err := s.store.SetStops(r.Context(), p.Code, p.Stops+1); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *Server) skip(w http.ResponseWriter, r *http.Request) {
	p, err := s.store.Get(r.Context(), chi.URLParam(r, "code"))
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if err := s.store.SetStops(r.Context(), p.Code, p.Stops-1); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *Server) reset(w http.ResponseWriter, r *http.Request) {
	if err := s.store.SetStops(r.Context(), r.PathValue("code"), 0); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *Server) double(w http.ResponseWriter, r *http.Request) {
	p, err := s.store.Get(r.Context(), r.PathValue("code"))
	if err != nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if err := s.store.SetStops(r.Context(), p.Code, p.Stops*2); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
}
