"""What a solver says when it was stopped before it knew whether any plan exists."""

from geo.errors import JalonError


class NoPlanYetError(JalonError):
    """Stopped before a first plan was found and before any was proven impossible."""

    exit_code = 4


def no_plan_yet() -> NoPlanYetError:
    """Return the error, with what to do about it."""
    return NoPlanYetError(
        "Le calcul s'est arrêté avant d'avoir trouvé un premier plan qui respecte toutes les "
        "règles ; rien ne prouve non plus qu'il n'en existe pas.",
        "Laissez plus de temps au calcul, ou desserrez une règle.",
    )
