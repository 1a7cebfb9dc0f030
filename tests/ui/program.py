# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives millrace through its accessibility tree, as a screen reader would. Every wait is for a condition, turned
over by a GLib main loop, and ends with an error that says what was waited for."""

import os
import re
import subprocess
import tempfile
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# The accessors of interfaces have new names in newer versions; the old ones work in all.
warnings.filterwarnings("ignore", category=DeprecationWarning)

LIMIT_MS = 60_000
STEP_MS = 40
MAX_CHILDREN = 40
# A reply may take long on a busy machine; what was taken for a failure would be done twice.
Atspi.set_timeout(LIMIT_MS // 2, LIMIT_MS // 2)

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


def children(node):
    """Of a long list only the first rows, since each is asked for over the bus."""
    for index in range(min(node.get_child_count(), MAX_CHILDREN)):
        child = node.get_child_at_index(index)
        if child is not None:
            yield child


def walk(node):
    """All objects from this one on; none if there is none. What is hidden, as another tab or page is, is in no list of
    children."""
    if node is None:
        return
    yield node
    for child in children(node):
        yield from walk(child)


def has_name(node, name):
    # GTK 4.8 says a button's label twice, the first time with the underscore of its mnemonic.
    found = node.get_name() or ""
    return found == name or found.replace("_", "") == f"{name} {name}"


def is_usable(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def get_interface(node, interface):
    """Returns the interface ("action", "value", "text" or None for any object), or None."""
    if interface is None:
        return node
    if interface == "value":
        return node.get_value_iface()
    if interface == "text":
        return node.get_editable_text_iface()
    # A label's actions are those of its own menu.
    action = node.get_action_iface() if node.get_role() != Atspi.Role.LABEL else None
    return action if action is not None and action.get_n_actions() > 0 else None


def find(window, name, interface=None):
    """Returns the first usable object of that name in the window that has the interface, or None."""
    for node in walk(window):
        if has_name(node, name) and is_usable(node) and get_interface(node, interface) is not None:
            return node
    return None


def find_text(window, pattern):
    for node in walk(window):
        # Without the places where a long address may be broken.
        text = (node.get_name() or "").replace("\u200b", "")
        match = re.fullmatch(pattern, text)
        if match and node.get_role() == Atspi.Role.LABEL:
            return match
    return None


class Program:
    """millrace, running. What it does is asked of its main window, unless another window is named."""

    def __init__(self, command, *arguments):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([command, *arguments], stdin=subprocess.DEVNULL, stderr=self.log)
        self.node = wait_for("the program on the accessibility bus", self._find_program)
        # What we ask for is what is there now, not what was remembered.
        self.node.set_cache_mask(Atspi.Cache.NONE)
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
        for program in reversed(list(children(Atspi.get_desktop(0)))):
            if self._is_ours(program) and program.get_child_count() > 0:
                return program
        return None

    def _is_ours(self, program):
        try:
            return program.get_process_id() == self.process.pid
        except GLib.Error:
            # Without /proc the bus knows of no process; but the newest program of our name on this bus is ours.
            return (program.get_name() or "").lower() == "millrace"

    def _find_main_window(self):
        return next((window for window in children(self.node) if window.get_role() == Atspi.Role.FRAME), None)

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
        return [window for window in reversed(list(children(self.node))) if has_name(window, name)]

    def _find(self, name, interface, window=None):
        found = (find(node, name, interface) for node in self._windows(window))
        return next((node for node in found if node is not None), None)

    def wait(self, name, interface=None):
        return wait_for(f"“{name}”", lambda: self._find(name, interface))

    def press(self, name, window=None):
        """Presses a button, once it can be pressed."""

        def press():
            node = self._find(name, "action", window)
            return node is not None and node.get_action_iface().do_action(0)

        wait_for(f"“{name}” to be pressed", press)

    def value(self, name):
        return self.wait(name, "value").get_value_iface().get_current_value()

    def maximum(self, name):
        return self.wait(name, "value").get_value_iface().get_maximum_value()

    def type(self, name, text, window=None):
        """Puts the text into an entry."""

        def type_it():
            node = self._find(name, "text", window)
            return node is not None and node.get_editable_text_iface().set_text_contents(text)

        wait_for(f"“{name}” to take text", type_it)

    def set_value(self, name, value):
        assert self.wait(name, "value").get_value_iface().set_current_value(value), f"“{name}” cannot be set"

    def wait_value(self, name, what, condition):
        """Waits until the value of a gauge or knob meets the condition."""
        interface = self.wait(name, "value").get_value_iface()

        def look():
            self._check_alive()
            return condition(interface.get_current_value())

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
            return not any(has_name(node, window) for node in children(self.node))

        wait_for(f"the window “{window}” to go", look)

    def act(self, name, ends=False):
        """Activates an action of the main window by its name, which no language changes. The program may end by it
        before it answers."""

        def act():
            if ends and self.process.poll() is not None:
                return True
            action = self.main.get_action_iface()
            for index in range(action.get_n_actions() if action is not None else 0):
                if action.get_action_name(index) == name:
                    return action.do_action(index)
            return None

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
