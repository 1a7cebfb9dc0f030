# SPDX-License-Identifier: GPL-3.0-or-later
"""What a window manager or a hand does to a window, where there is neither: on a bare X server."""

import ctypes

ATOM = ctypes.c_ulong(4)
REPLACE = 0

x11 = ctypes.CDLL("libX11.so.6")
for function in ("XInternAtom", "XDefaultRootWindow"):
    getattr(x11, function).restype = ctypes.c_ulong
x11.XOpenDisplay.restype = ctypes.c_void_p


class Display:
    """A connection to the X server of this session."""

    def __init__(self):
        self.handle = ctypes.c_void_p(x11.XOpenDisplay(None))
        self.root = ctypes.c_ulong(x11.XDefaultRootWindow(self.handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        x11.XCloseDisplay(self.handle)

    def atom(self, name):
        return ctypes.c_ulong(x11.XInternAtom(self.handle, name.encode(), False))

    def windows(self):
        """The identifiers of the windows on the screen, from bottom to top."""
        root, parent, children, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        x11.XQueryTree(self.handle, self.root, ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children),
                       ctypes.byref(count))
        found = [children[index] for index in range(count.value)]
        x11.XFree(children)
        return found

    def size(self, window):
        root, others = ctypes.c_ulong(), [ctypes.c_uint() for _ in range(6)]
        x11.XGetGeometry(self.handle, ctypes.c_ulong(window), ctypes.byref(root), *(ctypes.byref(other) for other in others))
        return others[2].value, others[3].value

    def resize(self, width, height):
        """Gives every window that is large enough to be one for people this size, in the screen's corner."""
        for window in self.windows():
            if self.size(window)[0] >= 200:
                x11.XMoveResizeWindow(self.handle, ctypes.c_ulong(window), 0, 0, width, height)
        x11.XSync(self.handle, False)

    def minimize(self):
        """Tells every window that it is minimised, as a window manager does."""
        state = (ctypes.c_ulong * 1)(self.atom("_NET_WM_STATE_HIDDEN").value)
        for window in self.windows():
            x11.XChangeProperty(self.handle, ctypes.c_ulong(window), self.atom("_NET_WM_STATE"), ATOM, 32, REPLACE, state, 1)
        x11.XSync(self.handle, False)

    def restore(self):
        for window in self.windows():
            x11.XDeleteProperty(self.handle, ctypes.c_ulong(window), self.atom("_NET_WM_STATE"))
        x11.XSync(self.handle, False)

    def move_pointer_away(self):
        """Into the screen's last pixel, where it opens no tooltip."""
        x11.XWarpPointer(self.handle, ctypes.c_ulong(0), self.root, 0, 0, 0, 0, 32767, 32767)
        x11.XSync(self.handle, False)
