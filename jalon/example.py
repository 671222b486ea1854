"""The example territory in the workspace, generated once, imported like any producer's files."""

from data.build.example import build_example
from data.workspace import Workspace
from jalon.areas import embedded_communes
from jalon.importing import import_file
from jalon.scenario import StepListener

FOLDER = "exemple"
DONE = ".exemple-importe"


def ensure_example(workspace: Workspace, *, on_step: StepListener = lambda _: None) -> None:
    """Make sure `workspace` holds the example territory, unless the user removed it since.

    The files stay readable under `exemple/` so that anyone may see what Jalon reads.
    """
    marker = workspace.root / FOLDER / DONE
    if marker.exists():
        return
    marker.parent.mkdir(parents=True, exist_ok=True)
    on_step("Génération du territoire d'exemple")
    communes = embedded_communes()
    for path in build_example(marker.parent):
        on_step(f"Import de {path.name}")
        import_file(workspace, path, communes=communes)
    marker.touch()
