#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person zooms the charts of a run, freezes and follows them, selects a span and reads what happened in it."""

import re
import sys

from program import Atspi, Program, number, run_tests, wait_for

SPAN = r"(\d+:[\d.]+) to (\d+:[\d.]+) \(.*\)"


def act(charts, action):
    """Does to the charts what a key or a menu would."""
    actions = charts.list_actions()
    found = [index for index in actions if actions[index] == action]
    assert found, f"no {action} among {actions}"
    assert charts.do_action(found[0])


def is_on(button):
    return button.is_in(Atspi.StateType.PRESSED, Atspi.StateType.CHECKED)


def wait_on(button, on):
    wait_for(f"“{button.get_name()}” to be {'on' if on else 'off'}", lambda: is_on(button) == on)


def select_and_read(command):
    with Program(command, "bounded-thread-queue") as program:
        program.set_value("Latency", 200)
        program.press("Start")
        charts = program.wait("work over time", "action")
        live = program.wait("Live", "action")
        everything = program.wait("All", "action")
        program.wait_text(r".* 0:(0[2-9]|[1-9]\d) .*")

        # Zoomed around the present it follows on; only “All” is off then.
        wait_on(live, True)
        wait_on(everything, True)
        act(charts, "timeline.zoom-in")
        wait_on(everything, False)
        assert is_on(live)
        act(charts, "timeline.follow")
        wait_on(everything, True)

        # A selection stays where it is: the charts freeze.
        act(charts, "timeline.select-shown")
        wait_on(live, False)
        text = program.wait_text(SPAN + r"\n(?s:.*)").group()
        items, rate = re.search(r"\n([\d,]+) items, ([\d.,]+) per second", text).groups()
        assert number(items) > 0 and float(rate.replace(",", "")) > 0, text
        for line in (r"depth: mean [\d.,]+, least \d+, greatest 1,000", r"p50 \S+ ms, p95 .* attempts", r"busy \d+ %"):
            assert re.search(line, text), f"no line like “{line}” in: {text}"
        act(charts, "timeline.clear-selection")
        live.do_action()
        wait_on(live, True)

        # How long the attempts took; and the charts are there again afterwards.
        program.press("Distribution of the service time")
        program.wait("work service time")
        program.press("Distribution of the service time")
        program.wait("work over time", "action")
        program.press("Stop")
        program.wait_text(r"Stopped after .*")


if __name__ == "__main__":
    sys.exit(run_tests([select_and_read]))
