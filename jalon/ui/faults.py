"""Faults as a user reads them: what is wrong, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from geo.errors import JalonError
from jalon.ui.text_fr import fault, literal


@contextmanager
def told_faults() -> Iterator[None]:
    """Show the JalonError that what is inside may raise, in place of the rest of the page."""
    try:
        yield
    except JalonError as error:
        show_fault(error)


def show_fault(error: JalonError) -> None:
    """Show a fault with its remedy; names from files are never markup."""
    st.error(fault(literal(error.message), literal(error.hint)))
