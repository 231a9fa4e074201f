package main

import "net/http"

func remove(w http.ResponseWriter, r *http.Request) {
	found, err := Services.Rooms().Get(r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if err := Services.Rooms().Remove(found); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func removeFree(w http.ResponseWriter, r *http.Request) {
	found, err := Services.Rooms().Get(r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if err := Services.Rooms().RemoveFree(found); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func occupy(w http.ResponseWriter, r *http.Request) {
	if err := Services.Rooms().Occupy(r.PathValue("id")); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}
