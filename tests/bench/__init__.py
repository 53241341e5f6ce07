"""Figures that the product states about itself: `make bench` prints them, with n, interval and machine."""
