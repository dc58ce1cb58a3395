"""Assessments through the API."""
