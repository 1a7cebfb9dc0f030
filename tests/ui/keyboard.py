# SPDX-License-Identifier: GPL-3.0-or-later
"""Real keys, as the X server's test extension makes them, and where they go: the object that has the focus."""

import ctypes

from program import Atspi, wait_for
from tree import focused_node

MODIFIERS = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L"}
MOST_STEPS = 80


class Keyboard:
    """Without a window manager the keys go to the window under the pointer; every window is in the corner."""

    def __init__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.test = ctypes.CDLL("libXtst.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x11.XStringToKeysym.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        root = ctypes.c_ulong(self.x11.XDefaultRootWindow(self.display))
        self.x11.XWarpPointer(self.display, ctypes.c_ulong(0), root, 0, 0, 0, 0, 40, 12)
        self.x11.XSync(self.display, 0)
        self.focused = None
        self.n_changes = 0
        self.listener = Atspi.EventListener.new(self._focus_cb)
        self.listener.register("object:state-changed:focused")

    def _focus_cb(self, event):
        if event.detail1:
            self.focused = focused_node(event)
            self.n_changes += 1

    def _send(self, name, is_press):
        keysym = self.x11.XStringToKeysym(name.encode())
        assert keysym != 0, f"there is no key {name}"
        code = self.x11.XKeysymToKeycode(self.display, ctypes.c_ulong(keysym))
        self.test.XTestFakeKeyEvent(self.display, code, is_press, ctypes.c_ulong(0))

    def press(self, keys):
        """Presses keys at the same time: "ctrl+shift+w"."""
        *modifiers, key = keys.split("+")
        held = [MODIFIERS[modifier] for modifier in modifiers]
        for name in held:
            self._send(name, True)
        self._send(key, True)
        self._send(key, False)
        for name in reversed(held):
            self._send(name, False)
        self.x11.XSync(self.display, 0)

    def turn_wheel(self, clicks):
        """Down, over the middle of the screen's upper left quarter."""
        root = ctypes.c_ulong(self.x11.XDefaultRootWindow(self.display))
        self.x11.XWarpPointer(self.display, ctypes.c_ulong(0), root, 0, 0, 0, 0, 300, 300)
        for _ in range(clicks):
            for is_press in (True, False):
                self.test.XTestFakeButtonEvent(self.display, 5, is_press, ctypes.c_ulong(0))
        self.x11.XSync(self.display, 0)

    def type(self, text):
        for character in text:
            self.press(character)

    def focused_names(self):
        """The names of what has the focus and of what is around it: a spin button's text has none of its own."""
        names = []
        node = self.focused
        while node is not None and len(names) < 3:
            names.append(node.get_name().replace("_", ""))
            node = node.get_parent()
        return names

    def go_to(self, name, key="Tab"):
        """Goes on by a key, until the focus is on the object of that name."""
        for _ in range(MOST_STEPS):
            before = self.n_changes
            self.press(key)
            wait_for(f"the focus to move on towards “{name}”", lambda: self.n_changes > before)
            if name in self.focused_names():
                return
        raise AssertionError(f"“{name}” cannot be reached by {key}")
