"""What makes the OpenAPI document complete for whoever reads it or has a client generated from it."""
