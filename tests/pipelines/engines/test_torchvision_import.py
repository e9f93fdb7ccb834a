"""torchvision imports beside whichever torch is installed."""

import subprocess
import sys

import pytest


@pytest.mark.engine
def test_timm_imports_in_a_fresh_process_once_torchvision_is_ensured() -> None:
    program = (
        "from pipelines.engines.torchvision_import import ensure_torchvision\n"
        "ensure_torchvision()\n"
        "ensure_torchvision()\n"
        "import timm, torchvision.transforms\n"
        "print(timm.create_model('test_vit', pretrained=False).num_classes)\n"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert finished.stdout.strip() == "1000", finished.stderr
