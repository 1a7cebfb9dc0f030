#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person turns knobs, undoes and redoes that, resets them, and makes trouble for a stage and ends it. What the toasts
say is tested in test-knob-board: they are gone too soon for a slow machine."""

import sys

from program import Program, run_tests


def is_value(wanted):
    return lambda value: value == wanted


def undo_redo_and_reset(command):
    with Program(command, "bounded-async-queue") as program:
        slots, consumers, maxsize = map(program.value, ("Slots", "Consumers", "Max size"))
        # The panel, the card of the stage and the mark of its tank turn knobs alike.
        program.set_value("Slots", 24)
        program.press("fetch: one consumer more")
        program.wait_value("Consumers", f"{consumers + 1}", is_value(consumers + 1))
        program.set_value("fetch queue depth: max size", 50)
        program.wait_value("Max size", "50", is_value(50))
        program.act("win.undo")
        program.wait_value("Max size", f"{maxsize}", is_value(maxsize))
        program.act("win.undo")
        program.wait_value("Consumers", f"{consumers}", is_value(consumers))
        program.act("win.undo")
        program.wait_value("Slots", f"{slots}", is_value(slots))
        program.act("win.redo")
        program.wait_value("Slots", "24", is_value(24))

        # One knob, and then all of them in one step, as in the job.
        program.press(f"Reset Slots to {slots:.0f}, as in the job")
        program.wait_value("Slots", f"{slots}", is_value(slots))
        program.set_value("Retries", 9)
        program.set_value("Consumers", 7)
        program.press("Reset all knobs to what the job says")
        program.wait_value("Consumers", f"{consumers}", is_value(consumers))
        assert program.value("Retries") != 9
        program.act("win.undo")
        program.wait_value("Retries", "9", is_value(9))
        assert program.value("Consumers") == 7


def make_trouble_and_end_it(command):
    with Program(command, "bounded-async-queue") as program:
        # With ten slots it needs a minute.
        program.set_value("Slots", 10)
        program.set_value("Errors", 60)
        program.press("Start")
        program.wait_text(r"[1-9][\d,]* retried.*")
        program.press("All Off")
        program.wait_value("Errors", "0", is_value(0))
        program.act("win.undo")
        program.wait_value("Errors", "60", is_value(60))
        program.press("Stop")
        program.wait_text(r"Stopped after .*")


if __name__ == "__main__":
    sys.exit(run_tests([undo_redo_and_reset, make_trouble_and_end_it]))
