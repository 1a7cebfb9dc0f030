#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person does all of it without a pointer: opens a scenario, starts it, turns knobs, presents it, pauses, drains,
runs it again, stops it, goes from tab to tab, and closes."""

import sys

from keyboard import Keyboard
from program import Program, find, run_tests, wait_for

DEPTH = "work queue depth"


def set_knob(keys, name, value, key="Tab"):
    keys.go_to(name, key)
    keys.press("ctrl+a")
    keys.type(str(value))
    keys.press("Return")


def by_keyboard_alone(command):
    with Program(command) as program:
        keys = Keyboard()
        program.wait("Bounded thread queue", "action")
        keys.go_to("Bounded thread queue")
        keys.press("Return")
        program.wait("Start", "action")

        # With 200 ms an item it takes longer than a test.
        set_knob(keys, "Latency", 200)
        program.wait_value("Latency", "200", lambda latency: latency == 200)
        keys.press("F5")
        program.wait_value(DEPTH, "filled", lambda depth: depth > 100)
        set_knob(keys, "Consumers", 9, "shift+Tab")
        program.wait_text("threads · 9")
        set_knob(keys, "Max size", 20, "shift+Tab")
        program.wait_value("Max size", "20", lambda maxsize: maxsize == 20)
        keys.press("ctrl+1")

        # To a room: there are no knobs, and the keys work on.
        keys.press("F11")
        wait_for("the knobs to be gone", lambda: find(program.main, "Max size", "value") is None)
        keys.press("ctrl+p")
        wait_for("a pause", lambda: find(program.main, "Resume", "action"))
        keys.press("ctrl+p")
        wait_for("the run to go on", lambda: find(program.main, "Pause", "action"))
        keys.press("Escape")
        program.wait("Max size", "value")

        # Another tab, there and back, and again without it.
        keys.press("ctrl+t")
        program.wait_text("Scenarios")
        keys.press("ctrl+Page_Up")
        program.wait(DEPTH, "value")
        keys.press("alt+2")
        program.wait_text("Scenarios")
        keys.press("ctrl+w")
        program.wait(DEPTH, "value")

        keys.press("ctrl+d")
        program.wait_text(r"(Drained|Finished): all [\d,]+ items .*")
        keys.press("ctrl+Return")
        program.wait_text(r".* · running · .*")
        keys.press("ctrl+period")
        program.wait_text(r"Stopped after .*")

        # The help is in a window of its own, from which the program can be left as well.
        keys.press("F1")
        program.wait_text(r"A queue with a limit cannot grow for ever\..*", window="Help")
        keys.press("ctrl+q")
        assert program.wait_end() == 0


if __name__ == "__main__":
    sys.exit(run_tests([by_keyboard_alone]))
