from fastapi import FastAPI

from waiting.routers import calls, tickets

app = FastAPI()
app.include_router(tickets.router)
app.include_router(calls.router, prefix="/calls")
