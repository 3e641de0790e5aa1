"""Rows for tests, one module for each room: each call makes one valid thing, named by what matters to the test."""
