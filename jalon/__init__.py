"""DECIDING AND SHOWING: rules, scenarios, exports, command line and application."""
