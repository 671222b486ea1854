"""GETTING BYTES: the files of producers, as published, and where they are kept."""
