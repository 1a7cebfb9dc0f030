# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of programs on the accessibility bus. They are asked by messages of our own, since libatspi waits for each
answer before it asks on, which takes most of a test's time where a window has some hundred objects."""

import functools

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

# A reply may take long on a busy machine; what was taken for a failure would be done twice.
LIMIT_MS = 30_000
MAX_CHILDREN = 40
ACCESSIBLE = "org.a11y.atspi.Accessible"
ACTION = "org.a11y.atspi.Action"
COMPONENT = "org.a11y.atspi.Component"
TEXT = "org.a11y.atspi.EditableText"
VALUE = "org.a11y.atspi.Value"
PROPERTIES = "org.freedesktop.DBus.Properties"
BUS = "org.freedesktop.DBus"


@functools.cache
def connect():
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    reply = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, LIMIT_MS)
    flags = Gio.DBusConnectionFlags
    return Gio.DBusConnection.new_for_address_sync(
        reply.unpack()[0], flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
    )


def process_of(owner):
    arguments = GLib.Variant("(s)", (owner,))
    return connect().call_sync(BUS, "/", BUS, "GetConnectionUnixProcessID", arguments, None, 0, LIMIT_MS).unpack()[0]


class Batch:
    """Questions that are asked without waiting for the answers, and nothing else happens until all are there."""

    def __init__(self):
        self.n_asked = 0
        self.context = GLib.MainContext.new()
        self.context.push_thread_default()

    def ask(self, node, interface, method, arguments, take):
        """Gives what comes to take(); nothing comes from what has gone."""

        def answered(connection, result):
            self.n_asked -= 1
            try:
                take(connection.call_finish(result).unpack()[0])
            except GLib.Error:
                pass

        self.n_asked += 1
        connect().call(node.owner, node.path, interface, method, arguments, None, 0, LIMIT_MS, None, answered)

    def finish(self):
        while self.n_asked > 0:
            self.context.iteration(True)
        self.context.pop_thread_default()


class Node:
    """An object, by the name of its program on the bus and its path there. If it is gone, asking raises GLib.Error."""

    def __init__(self, owner, path):
        self.owner = owner
        self.path = path
        self.name = ""  # what it was called when walk() met it
        self.below = []

    def _call(self, interface, method, arguments=None):
        return connect().call_sync(self.owner, self.path, interface, method, arguments, None, 0, LIMIT_MS).unpack()

    def _get(self, interface, name):
        return self._call(PROPERTIES, "Get", GLib.Variant("(ss)", (interface, name)))[0]

    def get_name(self):
        return self._get(ACCESSIBLE, "Name")

    def get_description(self):
        return self._get(ACCESSIBLE, "Description")

    def get_parent(self):
        owner, path = self._get(ACCESSIBLE, "Parent")
        return Node(owner, path) if owner else None

    def get_role(self):
        return self._call(ACCESSIBLE, "GetRole")[0]

    def get_children(self):
        (children,) = self._call(ACCESSIBLE, "GetChildren")
        return [Node(*child) for child in children[:MAX_CHILDREN]]

    def is_in(self, *states):
        """Whether it is in any of these states."""
        (words,) = self._call(ACCESSIBLE, "GetState")
        return any(words[state // 32] >> state % 32 & 1 for state in states)

    def has(self, interface):
        return interface in self._call(ACCESSIBLE, "GetInterfaces")[0]

    def list_actions(self):
        """Its actions' names, which no language changes, by their numbers."""
        if not self.has(ACTION):
            return {}
        names = {}
        batch = Batch()
        for index in range(self._get(ACTION, "NActions")):
            batch.ask(self, ACTION, "GetName", GLib.Variant("(i)", (index,)), functools.partial(names.__setitem__, index))
        batch.finish()
        return names

    def do_action(self, index=0):
        return self._call(ACTION, "DoAction", GLib.Variant("(i)", (index,)))[0]

    def get_width(self):
        return self._call(COMPONENT, "GetSize")[0]

    def get_value(self):
        return self._get(VALUE, "CurrentValue")

    def get_maximum(self):
        return self._get(VALUE, "MaximumValue")

    def set_value(self, value):
        self._call(PROPERTIES, "Set", GLib.Variant("(ssv)", (VALUE, "CurrentValue", GLib.Variant("d", value))))

    def set_text(self, text):
        return self._call(TEXT, "SetTextContents", GLib.Variant("(s)", (text,)))[0]


class _Meeting:
    """Meets an object and all below it, at the same time."""

    def __init__(self, root):
        self.batch = Batch()
        self.meet(root)
        self.batch.finish()

    def meet(self, node):
        def take_name(name):
            node.name = name

        def take_children(children):
            node.below = [Node(*child) for child in children[:MAX_CHILDREN]]
            for child in node.below:
                self.meet(child)

        self.batch.ask(node, PROPERTIES, "Get", GLib.Variant("(ss)", (ACCESSIBLE, "Name")), take_name)
        self.batch.ask(node, ACCESSIBLE, "GetChildren", None, take_children)


def _flatten(node):
    yield node
    for child in node.below:
        yield from _flatten(child)


def walk(node):
    """All objects from this one on, with their names; none if there is none. What is hidden, as another tab or page is,
    is in no list of children. Of a long list there are only the first rows."""
    if node is None:
        return
    _Meeting(node)
    yield from _flatten(node)


def list_programs():
    return Node("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root").get_children()


def focused_node(event):
    return Node(event.source.app.bus_name, event.source.path)
