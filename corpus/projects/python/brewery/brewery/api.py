from fastapi import FastAPI

from brewery.deps import KegDep, KegsDep

app = FastAPI()


@app.post("/kegs/{code}/pour")
async def pour(code: str, litres: int, kegs: KegsDep, keg: KegDep):
    keg["litres"] -= litres
    kegs.put(keg)


@app.post("/kegs/{code}/draw")
async def draw(code: str, litres: int, kegs: KegsDep):
    if kegs.get(code)["litres"] < litres:
        return {"drawn": False}
    kegs.take(code, litres)
    return {"drawn": True}
