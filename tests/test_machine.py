"""What machine this is."""

import subprocess
import sys


def test_peak_memory_is_this_processs_own_not_its_parents():
    fat = "import subprocess, sys; x = b'x' * 1_000_000_000; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    child = "from cnnbook.machine import peak_memory; x = b'x' * 200_000_000; del x; print(peak_memory())"
    result = subprocess.run([sys.executable, "-c", fat, child], capture_output=True, text=True, check=True)
    assert 0.2 < float(result.stdout) < 0.95
