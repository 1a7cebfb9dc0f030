#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person has several runs at once in one window, and closes tabs and the window over them."""

import sys

from program import Program, run_tests, wait_for, walk

BOTH = r"• Bounded thread queue\n• Bounded async queue\n\nThey are still running\..*"


def close_over_several(command):
    # Two are named, and each has its tab; the last is shown.
    with Program(command, "dead-letters", "bounded-thread-queue") as program:
        program.set_value("Latency", 200)
        program.press("Start")
        program.wait_value("work queue depth", "filled", lambda depth: depth > 500)

        # A new tab is on its start page; what is chosen there is shown in it.
        program.act("win.new-tab")
        program.press("Bounded async queue")
        program.set_value("Slots", 10)
        program.press("Start")
        program.wait_value("fetch slots", "held", lambda held: held > 0)

        # Nothing is heard of the tab behind it, nor of the pages behind the flow.
        def hears(*names):
            return not set(names).isdisjoint(node.name for node in walk(program.main))

        wait_for("the tab behind to be hidden", lambda: not hears("work queue depth", "work over time"))
        assert hears("fetch queue depth")
        assert not hears("No Item Has Failed", "Not Started Yet", "Search events", "Search the keys")
        program.press("Events")
        wait_for("the flow to be hidden", lambda: hears("Search events") and not hears("fetch queue depth"))
        program.press("Flow")
        wait_for("the flow", lambda: hears("fetch queue depth") and not hears("Search events"))

        # The window asks once, for all that runs. What else is to be closed meanwhile stays, and can be closed later.
        program.close()
        program.wait_text(BOTH, window="Stop 2 Runs?")
        program.act("win.close-tab")
        program.press("Keep Running", window="Stop 2 Runs?")
        program.wait_gone("Stop 2 Runs?")
        program.wait_text(r".* · running · .*")

        # So does a tab, for itself; beside it is the run that goes on.
        program.act("win.close-tab")
        program.press("Stop", window="Stop the Run?")
        program.wait("work queue depth", "value")
        program.wait_text(r".* · running · .*")

        # A tab can go back to its start page as well, and is then free.
        program.act("win.back")
        program.press("Stop", window="Stop the Run?")
        program.press("Bounded async queue")
        program.set_value("Slots", 10)
        program.press("Start")
        program.wait_text(r".* · running · .*")
        program.close()
        program.press("Stop", window="Stop the Run?")
        assert program.wait_end() == 0


if __name__ == "__main__":
    sys.exit(run_tests([close_over_several]))
