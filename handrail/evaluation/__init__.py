"""Measuring the understanding on texts with known answers (contract W5, figures of DESIGN S8)."""
