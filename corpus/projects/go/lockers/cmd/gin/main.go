package main

import (
	"net/http"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/gin-gonic/gin"
	"github.com/guregu/dynamo"

	"example.com/lockers/internal/locker"
)

var table = dynamo.New(session.Must(session.NewSession())).Table("callers")

type caller struct {
	ID string `dynamo:"id,hash"`
	N  int    `dynamo:"n"`
}

func countGroup(c *gin.Context) {
	var row caller
	if err := table.Get("id", c.ClientIP()).One(&row); err != nil {
		c.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	err := table.Update("id", row.ID).Set("n", row.N+1).Run() // expect: lost-update // reached: /lockers/*
	if err != nil {
		c.AbortWithStatus(http.StatusInternalServerError)
	}
}

func countLost(c *gin.Context) {
	var row caller
	if err := table.Get("id", "lost").One(&row); err != nil {
		return
	}
	if err := table.Update("id", row.ID).Set("n", row.N+1).Run(); err != nil { // expect: lost-update // reached: /*
		c.Status(http.StatusInternalServerError)
	}
}

// onlyHanded is given to a library that nobody knows.
func onlyHanded(c *gin.Context) {
	var row caller
	if err := table.Get("id", "handed").One(&row); err != nil {
		return
	}
	if err := table.Update("id", row.ID).Set("n", row.N+1).Run(); err != nil { // expect: lost-update // reached: request cmd/gin.onlyHanded
		c.Status(http.StatusInternalServerError)
	}
}

func open(c *gin.Context) {
	if err := locker.CountOpening(c.Param("id")); err != nil {
		c.Status(http.StatusInternalServerError)
	}
}

func openSafely(c *gin.Context) {
	if err := locker.CountSafely(c.Param("id")); err != nil {
		c.Status(http.StatusInternalServerError)
	}
}

func main() {
	router := gin.Default()
	lockers := router.Group("/lockers", countGroup)
	lockers.POST("/:id/openings", open)
	lockers.PUT("/:id/openings", openSafely)
	router.NoRoute(countLost)
	watch(onlyHanded)
	router.Run()
}

func watch(handler gin.HandlerFunc) {
	handlers = append(handlers, handler)
}

var handlers []gin.HandlerFunc
