/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mill-shortcuts.h"

static const MillShortcut shortcuts[] = {
  { "app.new-window", { "<Control><Shift>n" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.help", { "F1" } },
  { "app.quit", { "<Control>q" } },
  { "win.new-crawl", { "<Control>n" } },
  { "win.open", { "<Control>o" } },
  { "win.back", { "<Alt>Left" } },
  { "win.start", { "F5", "<Control>Return" } },
  { "win.toggle-pause", { "<Control>p" } },
  { "win.drain", { "<Control>d" } },
  { "win.stop", { "<Control>period" } },
  { "win.present", { "F11" } },
  { "win.alerts", { "<Control>l" } },
  { "win.new-tab", { "<Control>t" } },
  { "win.close-tab", { "<Control>w" } },
  { "window.close", { "<Control><Shift>w" } },
  { "win.show-page::flow", { "<Control>1" } },
  { "win.show-page::items", { "<Control>2" } },
  { "win.show-page::dead-letters", { "<Control>3" } },
  { "win.show-page::events", { "<Control>4" } },
  { "win.show-page::shutdown", { "<Control>5" } },
  { NULL, { "F10" } },
  { "win.show-help-overlay", { "<Control>question", "<Control>F1" } },
  /* The window's own, which a text that is edited comes before */
  { NULL, { "<Control>z" } },
  { NULL, { "<Control><Shift>z", "<Control>y" } },
  /* The lists' */
  { NULL, { "<Control>f" } },
  { NULL, { "<Control>c" } },
  /* The tab view's */
  { NULL, { "<Control>Page_Down", "<Control>Tab" } },
  { NULL, { "<Control>Page_Up", "<Control><Shift>Tab" } },
  { NULL, { "<Control><Shift>Page_Up", "<Control><Shift>Page_Down" } },
  { NULL, { "<Alt>1...9" } },
  { NULL, { "<Alt>0" } },
};

/**
 * mill_shortcuts_list:
 * @n: (out): how many there are
 *
 * Returns: (transfer none) (array length=n): the keys of the program
 */
const MillShortcut *
mill_shortcuts_list (guint *n)
{
  *n = G_N_ELEMENTS (shortcuts);
  return shortcuts;
}
