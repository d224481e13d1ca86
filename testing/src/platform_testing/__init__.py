"""The conformance kit for plugins: one base class for each kind, and what tests need.

from platform_testing.conformance import SsgConformance

class TestZola(SsgConformance):
plugin = "zola"
"""
