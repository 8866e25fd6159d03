"""What the load balancer asks."""

from fastapi import APIRouter

from shop.routes import StoreOf

router = APIRouter()


@router.get("/health")
def health(store: StoreOf) -> dict[str, str]:
    """Healthy when the database answers."""
    store.run("SELECT 1")
    return {"status": "ok"}
