"""The desk where parcels wait to be fetched."""
