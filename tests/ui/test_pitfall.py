#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person opens a pitfall and runs both of its programs; then another one by keyboard, which is stopped, and run once
more."""

import sys
import tempfile

from keyboard import Keyboard
from program import Program, run_tests, walk

JOB = """[Job]
name=Mine
[Pitfall]
name=dying-consumer
items=200
latency=0
maxsize=10
bad=20
give-up=30
"""


def run_both(command):
    with tempfile.NamedTemporaryFile("w", suffix=".millrace") as job:
        job.write(JOB)
        job.flush()
        with Program(command, job.name) as program:
            program.press("Start")
            program.wait("Run Again", "action")
            texts = {node.name for node in walk(program.main)}
            assert {"124 items", "0 items", "76 of 200", "190 of 200"} <= texts, texts
            assert {"As Usually Written", "Cured", "Cured: Consumers left"} <= texts, texts
            program.wait_text(r"never: \d+ unfinished items, given up after .* s")

            # Back on the start page, a built-in one, which takes longer: stopped, it says so, and can be run again.
            keys = Keyboard()
            keys.press("alt+Left")
            program.wait("A blocking call on the loop", "action")
            keys.go_to("A blocking call on the loop")
            keys.press("Return")
            program.wait("Start", "action")
            keys.press("F5")
            program.wait_text("running for .* s")
            keys.press("ctrl+period")
            program.wait_text("stopped after .* s")
            program.wait("Run Again", "action")
            keys.go_to("Run Again")
            keys.press("Return")

            # A window that is closed over it asks nothing.
            program.wait_text("running for .* s")
            program.close()
            assert program.wait_end() == 0


if __name__ == "__main__":
    sys.exit(run_tests([run_both]))
