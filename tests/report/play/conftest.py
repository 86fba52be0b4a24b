"""Run the page's scripts in node: functions that need no page."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.report.play import HERE

ROOT = Path(__file__).parents[3]
NODE = shutil.which("node")

Script = Callable[..., Any]


@pytest.fixture
def in_node(tmp_path: Path) -> Script:
    """Evaluate JavaScript that sees `play` and the parsed `given`, and returns what JSON can say (NaN as null)."""
    if NODE is None:
        pytest.skip("node is not installed")

    def run(files: list[str], body: str, given: Any = None) -> Any:
        (tmp_path / "given.json").write_text(json.dumps(given))
        script = tmp_path / "script.js"
        script.write_text(
            "".join(f"require({json.dumps(str(HERE / name))});\n" for name in files)
            + "const play = globalThis.relecturePlay;\n"
            + f"const given = JSON.parse(require('fs').readFileSync({json.dumps(str(tmp_path / 'given.json'))}));\n"
            + f"console.log(JSON.stringify((() => {{ {body} }})()));\n"
        )
        done = subprocess.run([NODE, script], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
