#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person ends runs in each way and reads on the page Shutdown what became of every item, on the page Events what
happened, and that a limit was passed."""

import re
import sys
import tempfile
from pathlib import Path

from keyboard import MOST_STEPS, Keyboard
from program import Atspi, Program, find, has_interface, is_usable, number, run_tests, wait_for, walk

SUM = r"([\d,]+) produced = ([\d,]+) done \+ ([\d,]+) dead \+ ([\d,]+) returned \+ ([\d,]+) dropped"

JOB = """
[Job]
name=Ending

[Source]
type=count
items={items}

[Stage work]
kind=threads
step=simulate
maxsize=50
consumers=4
latency={latency}

[Sink]
type=count

[Alerts]
queue=90%
"""


def choose(program, name):
    """Chooses a page of the run by its tab."""

    def choose_it():
        for node in walk(program.main):
            # "Copy Events" is another button.
            words = node.name.replace("_", "").split()
            if name in words and "Copy" not in words and is_usable(node) and has_interface(node, "action"):
                return node.do_action()
        return None

    wait_for(f"the page {name}", choose_it)


def read_end(program, title):
    """Waits for the end; returns produced, done and returned as the page has them, which must add up."""
    program.wait_text(title)
    produced, done, dead, returned, dropped = map(number, program.wait_text(SUM).groups())
    assert produced == done + dead + returned + dropped, "the items do not add up"
    program.wait_text(r"0 queued \+ 0 in work = 0 unfinished")
    return produced, done, returned


def run_job(command, items, latency, act):
    """Runs a job on the page Shutdown, does what is to be done to it, and returns what read_end() does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ending.millrace")
        path.write_text(JOB.format(items=items, latency=latency))
        with Program(command, str(path)) as program:
            choose(program, "Shutdown")
            program.wait_text("Not started")
            program.act("win.start")
            return act(program)


def show_in_charts(program, text):
    """Presses Enter on an event, and waits for the charts to stay at its time."""
    keys = Keyboard()

    def is_there():
        row = keys.focused
        is_row = row is not None and row.get_role() == Atspi.Role.TABLE_ROW
        return is_row and any(node.name == text for node in walk(row))

    # It is the only one that is listed, so the way into the list ends on it.
    program.type("Search events", text)
    program.wait_text(r"1 of \d+ events")
    for _ in range(MOST_STEPS):
        if is_there():
            break
        before = keys.n_changes
        keys.press("Tab")
        wait_for(f"the focus to move on towards “{text}”", lambda: keys.n_changes > before)
    assert is_there(), f"“{text}” cannot be reached"
    keys.press("Return")
    charts = program.wait("work over time")
    # What a screen reader says of the crosshair begins with its time.
    wait_for("the crosshair", lambda: re.match(r"\d+:\d", charts.get_description()))
    live = program.wait("Live", "action")
    wait_for("the charts to stay", lambda: not live.is_in(Atspi.StateType.PRESSED, Atspi.StateType.CHECKED))


def finish(command):
    def act(program):
        result = read_end(program, "Finished: it took .* to end")
        choose(program, "Events")
        program.wait_text("finished")
        return result

    assert run_job(command, 200, 10, act) == (200, 200, 0)


def drain(command):
    def act(program):
        program.wait_text(r"Running: join would wait for (5\d) unfinished items")
        program.act("win.drain")
        return read_end(program, "Finished: it took .* to end")

    produced, done, _ = run_job(command, 1000000, 50, act)
    assert produced == done > 50


def stop(command):
    def act(program):
        program.wait_text(r"Running: join would wait for (5\d) unfinished items")
        program.act("win.stop")
        return read_end(program, "Stopped: it took .* to end")

    _, _, returned = run_job(command, 1000000, 60000, act)
    assert returned >= 50


def change_limits(program):
    """What names the limit that is passed leads to the limits, and what is changed there holds at once."""
    sign = "Alert: the queue of work is above 90 %: 50 of 50"

    def is_gone():
        return find(program.main, sign, "action") is None

    program.press(sign)
    program.press("Queue Too Full", "Alerts")
    wait_for("no limit to be passed", is_gone)
    program.press("Reset to the Job’s", "Alerts")
    program.wait(sign, "action")
    program.press("Close", "Alerts")
    program.wait_gone("Alerts")


def drain_then_stop(command):
    def act(program):
        program.wait_text(r"Running: join would wait for (5\d) unfinished items")
        # Nothing moves: the queue stays full until somebody has looked.
        program.wait_text("Alert: the queue of work is above 90 %: 50 of 50")
        choose(program, "Events")
        program.wait_text("the queue of work is above 90 %: 50 of 50")
        show_in_charts(program, "the queue of work is above 90 %: 50 of 50")
        # Last: no window manager is here to give the keyboard back to the window.
        change_limits(program)
        choose(program, "Shutdown")
        program.act("win.drain")
        program.wait_text("Draining: the source “count” has not ended yet")
        program.wait_text("It has an item in its hands and waits for room in the first queue.")
        program.act("win.stop")
        return read_end(program, "Stopped: it took .* to end")

    _, done, returned = run_job(command, 1000000, 60000, act)
    assert returned >= 50 and done == 0


if __name__ == "__main__":
    sys.exit(run_tests([drain_then_stop, finish, drain, stop]))
