package http

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/ledger/internal/ledger"
)

type Handler struct {
	service *ledger.Service
}

func NewHandler(service *ledger.Service) *Handler {
	return &Handler{service: service}
}

func (h *Handler) Register(r *gin.RouterGroup) {
	accounts := r.Group("/accounts/:id")
	accounts.POST("/deposits", h.deposit)
	accounts.Handle("PUT", "/limit", h.limit)
	accounts.POST("/safe-deposits", h.safeDeposit)
}

func (h *Handler) deposit(c *gin.Context) {
	if err := h.service.Deposit(c.Request.Context(), c.Param("id"), 100); err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Status(http.StatusCreated)
}

func (h *Handler) limit(c *gin.Context) {
	if err := h.service.RaiseLimit(c.Request.Context(), c.Param("id"), 10); err != nil {
		c.Status(http.StatusInternalServerError)
	}
}

func (h *Handler) safeDeposit(c *gin.Context) {
	if err := h.service.SafeDeposit(c.Request.Context(), c.Param("id"), 100); err != nil {
		c.Status(http.StatusInternalServerError)
	}
}
