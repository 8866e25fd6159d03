"""A small web shop: the FastAPI application that the sample logs come from."""
