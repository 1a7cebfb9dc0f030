# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives millrace through its accessibility tree, as a screen reader would. Every wait is for a condition, turned
over by a GLib main loop, and ends with an error that says what was waited for."""

import os
import re
import subprocess
import tempfile

from tree import TEXT, VALUE, Atspi, GLib, list_programs, process_of, walk

LIMIT_MS = 60_000
STEP_MS = 40

COMPLAINT = re.compile(r"WARNING|CRITICAL|ERROR|Sanitizer")
# GTK's own bridge, asked for an object that has just gone; and GIO where no desktop shows notifications.
NOT_OURS = re.compile(r"g_variant_(is|new)_object_path|dbind-WARNING|AT-SPI|unable to send notifications")


def wait_for(what, condition):
    """Returns the first result of condition() that is true; looks again at each turn of a main loop."""
    loop = GLib.MainLoop()
    found = []
    failures = []

    def look():
        try:
            result = condition()
        except GLib.Error:  # the object went away while we looked
            result = None
        except AssertionError as failure:
            failures.append(failure)
            result = failure
        if result:
            found.append(result)
            loop.quit()
            return GLib.SOURCE_REMOVE
        return GLib.SOURCE_CONTINUE

    def give_up():
        loop.quit()
        return GLib.SOURCE_REMOVE

    sources = [GLib.timeout_source_new(STEP_MS), GLib.timeout_source_new(LIMIT_MS)]
    for source, callback in zip(sources, (look, give_up)):
        source.set_callback(lambda *_, call=callback: call())
        source.attach()
    loop.run()
    for source in sources:
        source.destroy()
    if failures:
        raise failures[0]
    if not found:
        raise AssertionError(f"waited {LIMIT_MS // 1000} s in vain for: {what}")
    return found[0]


def is_called(said, name):
    # GTK 4.8 says a button's label twice, the first time with the underscore of its mnemonic.
    return said == name or said.replace("_", "") == f"{name} {name}"


def has_interface(node, interface):
    """Whether it can be acted on, has a value or takes a text ("action", "value" or "text"); any if that is None."""
    if interface is None:
        return True
    if interface == "action":
        # A label's actions are those of its own menu.
        return node.get_role() != Atspi.Role.LABEL and len(node.list_actions()) > 0
    return node.has(VALUE if interface == "value" else TEXT)


def is_usable(node):
    return node.is_in(Atspi.StateType.SENSITIVE)


def find(window, name, interface=None):
    """Returns the first usable object of that name in the window that has the interface, or None."""
    for node in walk(window):
        if is_called(node.name, name) and is_usable(node) and has_interface(node, interface):
            return node
    return None


def find_text(window, pattern):
    for node in walk(window):
        # Without the places where a long address may be broken.
        match = re.fullmatch(pattern, node.name.replace("\u200b", ""))
        if match and node.get_role() == Atspi.Role.LABEL:
            return match
    return None


class Program:
    """millrace, running. What it does is asked of its main window, unless another window is named."""

    def __init__(self, command, *arguments):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([command, *arguments], stdin=subprocess.DEVNULL, stderr=self.log)
        self.node = wait_for("the program on the accessibility bus", self._find_program)
        self.main = wait_for("its window", self._find_main_window)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.seek(0)
        complaints = [line.strip() for line in self.log if COMPLAINT.search(line) and not NOT_OURS.search(line)]
        self.log.close()
        if kind is None and complaints:
            raise AssertionError("the program complained:\n# " + "\n# ".join(complaints))

    def _find_program(self):
        self._check_alive()
        for program in reversed(list_programs()):
            if self._is_ours(program) and program.get_children():
                return program
        return None

    def _is_ours(self, program):
        try:
            return process_of(program.owner) == self.process.pid
        except GLib.Error:
            # Without /proc the bus knows of no process; but the newest program of our name on this bus is ours.
            return program.get_name().lower() == "millrace"

    def _find_main_window(self):
        return next((window for window in self.node.get_children() if window.get_role() == Atspi.Role.FRAME), None)

    def _check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"millrace ended by itself with status {self.process.returncode}")

    def _windows(self, name):
        """The main window, or all of that name, newest first: one that has just been closed may still be listed. They
        are looked for only while a dialog is expected: GTK 4.8 crashes when asked for its windows at the moment that
        one of them goes."""
        self._check_alive()
        if name is None:
            return [self.main]
        return [window for window in reversed(self.node.get_children()) if is_called(window.get_name(), name)]

    def _find(self, name, interface, window=None):
        found = (find(node, name, interface) for node in self._windows(window))
        return next((node for node in found if node is not None), None)

    def wait(self, name, interface=None):
        return wait_for(f"“{name}”", lambda: self._find(name, interface))

    def press(self, name, window=None):
        """Presses a button, once it can be pressed."""

        def press():
            node = self._find(name, "action", window)
            return node is not None and node.do_action()

        wait_for(f"“{name}” to be pressed", press)

    def value(self, name):
        return self.wait(name, "value").get_value()

    def maximum(self, name):
        return self.wait(name, "value").get_maximum()

    def type(self, name, text, window=None):
        """Puts the text into an entry."""

        def type_it():
            node = self._find(name, "text", window)
            return node is not None and node.set_text(text)

        wait_for(f"“{name}” to take text", type_it)

    def set_value(self, name, value):
        self.wait(name, "value").set_value(value)

    def wait_value(self, name, what, condition):
        """Waits until the value of a gauge or knob meets the condition."""
        node = self.wait(name, "value")

        def look():
            self._check_alive()
            return condition(node.get_value())

        wait_for(f"“{name}” to be {what}", look)

    def wait_text(self, pattern, window=None):
        """Waits for a label whose whole text matches the pattern; returns the match."""

        def look():
            matches = (find_text(node, pattern) for node in self._windows(window))
            return next((match for match in matches if match is not None), None)

        return wait_for(f"a text like “{pattern}”", look)

    def wait_gone(self, window):
        """Waits until no window of that name is shown: a button that is pressed over the bus answers a moment later."""

        def look():
            self._check_alive()
            return not any(is_called(node.get_name(), window) for node in self.node.get_children())

        wait_for(f"the window “{window}” to go", look)

    def act(self, name, ends=False):
        """Activates an action of the main window by its name, which no language changes. The program may end by it
        before it answers."""

        def act():
            if ends and self.process.poll() is not None:
                return True
            actions = self.main.list_actions()
            return next((self.main.do_action(index) for index in actions if actions[index] == name), None)

        wait_for(f"the action {name}", act)

    def close(self):
        """Closes the main window, as the window manager would."""
        self.act("window.close", ends=True)

    def wait_end(self):
        wait_for("the program to end", lambda: self.process.poll() is not None)
        return self.process.returncode


def number(text):
    return int(re.sub(r"\D", "", text))


def run_tests(tests):
    """Runs the functions, prints TAP, returns the exit status."""
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for index, test in enumerate(tests, 1):
        try:
            test(os.environ["MILLRACE"])
            print(f"ok {index} {test.__name__}", flush=True)
        except Exception as error:  # every failure is a line of the report
            failed += 1
            print(f"# {type(error).__name__}: {error}\nnot ok {index} {test.__name__}", flush=True)
    return 1 if failed else 0
