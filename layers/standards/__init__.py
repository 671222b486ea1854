"""National standards, transcribed: what a conforming file holds, field by field."""
