"""The rules of the law and of the planner, one function a rule."""
