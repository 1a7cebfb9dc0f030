/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MillSemaphore: permits with numbered slots. Whoever gives a permit back hands it to the first waiter, so
 * nobody overtakes and no wake-up can be lost: while somebody waits, no permit is free. */

#include "config.h"

#include "core/mill-semaphore.h"

#include <glib/gi18n-lib.h>

#include "core/mill-error.h"
#include "core/mill-limits-private.h"
#include "core/mill-lock-private.h"
#include "core/mill-waiter-private.h"

struct _MillSemaphore
{
  GObject parent_instance;

  GMutex lock;
  guint permits;
  guint held;
  GArray *slots;     /* (owned) of MillSlot; as long as the highest slot ever held */
  guint lowest_free; /* no slot below it is free */
  MillWaitList waiters;
};

typedef enum
{
  PROP_PERMITS = 1,
} MillSemaphoreProperty;

static GParamSpec *props[PROP_PERMITS + 1];

G_DEFINE_FINAL_TYPE (MillSemaphore, mill_semaphore, G_TYPE_OBJECT)

G_DEFINE_BOXED_TYPE (MillSlot, mill_slot, mill_slot_copy, mill_slot_free)

static gboolean
is_free_locked (MillSemaphore *self)
{
  return self->permits == 0 || self->held < self->permits;
}

static guint
take_slot_locked (MillSemaphore *self, guint64 item_id, gint64 now_us)
{
  MillSlot slot = { TRUE, item_id, now_us };
  guint index = self->lowest_free;

  while (index < self->slots->len && g_array_index (self->slots, MillSlot, index).held)
    index++;
  if (index == self->slots->len)
    g_array_append_val (self->slots, slot);
  else
    g_array_index (self->slots, MillSlot, index) = slot;
  self->lowest_free = index + 1;
  self->held++;
  return index;
}

static void
serve_locked (MillSemaphore *self, GQueue *ready)
{
  MillWaiter *waiter;

  while (is_free_locked (self) && (waiter = mill_wait_list_peek (&self->waiters)) != NULL)
    {
      /* In: the item's number. Out: the slot's. */
      waiter->number = take_slot_locked (self, waiter->number, g_get_monotonic_time ());
      mill_waiter_serve (waiter, -1, ready);
    }
}

static void
serve_and_unlock (MillSemaphore *self)
{
  GQueue ready = G_QUEUE_INIT;
  MillWaiter *waiter;

  serve_locked (self, &ready);
  g_mutex_unlock (&self->lock);
  while ((waiter = mill_waiter_pop_ready (&ready)) != NULL)
    {
      g_task_return_int (waiter->task, (gssize) waiter->number);
      mill_waiter_unref (waiter);
    }
}

static void
waiting_task_cancelled (gpointer owner, MillWaiter *waiter)
{
  MillSemaphore *self = owner;

  mill_waiter_leave_cancelled (waiter, &self->lock);
}

static void
mill_semaphore_finalize (GObject *object)
{
  MillSemaphore *self = MILL_SEMAPHORE (object);

  g_array_unref (self->slots);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (mill_semaphore_parent_class)->finalize (object);
}

static void
mill_semaphore_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch ((MillSemaphoreProperty) prop_id)
    {
    case PROP_PERMITS:
      g_value_set_uint (value, mill_semaphore_get_permits (MILL_SEMAPHORE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_semaphore_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch ((MillSemaphoreProperty) prop_id)
    {
    case PROP_PERMITS:
      mill_semaphore_set_permits (MILL_SEMAPHORE (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mill_semaphore_class_init (MillSemaphoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mill_semaphore_finalize;
  object_class->get_property = mill_semaphore_get_property;
  object_class->set_property = mill_semaphore_set_property;

  /**
   * MillSemaphore:permits:
   *
   * How many may hold it at a time; 0 is no limit. Live, from any thread.
   */
  props[PROP_PERMITS] =
      g_param_spec_uint ("permits", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
mill_semaphore_init (MillSemaphore *self)
{
  g_mutex_init (&self->lock);
  self->slots = g_array_new (FALSE, FALSE, sizeof (MillSlot));
}

/**
 * mill_semaphore_new:
 * @permits: how many may hold it at a time; 0 is no limit
 *
 * Creates a semaphore that nobody holds.
 *
 * Returns: (transfer full): the semaphore
 */
MillSemaphore *
mill_semaphore_new (guint permits)
{
  return g_object_new (MILL_TYPE_SEMAPHORE, "permits", permits, NULL);
}

/**
 * mill_semaphore_get_permits:
 *
 * The limit.
 *
 * Returns: how many may hold it at a time; 0 is no limit
 */
guint
mill_semaphore_get_permits (MillSemaphore *self)
{
  guint permits;

  g_return_val_if_fail (MILL_IS_SEMAPHORE (self), 0);
  g_mutex_lock (&self->lock);
  permits = self->permits;
  g_mutex_unlock (&self->lock);
  return permits;
}

/**
 * mill_semaphore_set_permits:
 * @permits: the new limit; 0 is none
 *
 * Changes the limit while the semaphore is in use. Raising it lets waiters in at once; lowering it
 * interrupts no holder.
 */
void
mill_semaphore_set_permits (MillSemaphore *self, guint permits)
{
  gboolean changed;

  g_return_if_fail (MILL_IS_SEMAPHORE (self));
  g_mutex_lock (&self->lock);
  changed = self->permits != permits;
  self->permits = permits;
  serve_and_unlock (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PERMITS]);
}

gboolean
mill_semaphore_try_acquire_at (MillSemaphore *self, guint64 item_id, gint64 now_us, guint *slot)
{
  gboolean taken;

  mill_lock (&self->lock);
  taken = is_free_locked (self);
  if (taken)
    *slot = take_slot_locked (self, item_id, now_us);
  g_mutex_unlock (&self->lock);
  return taken;
}

/**
 * mill_semaphore_try_acquire:
 * @item_id: for whom
 * @slot: (out): the slot that was taken
 *
 * Takes a permit if one is free and nobody waits for it.
 *
 * Returns: whether it was taken
 */
gboolean
mill_semaphore_try_acquire (MillSemaphore *self, guint64 item_id, guint *slot)
{
  g_return_val_if_fail (MILL_IS_SEMAPHORE (self), FALSE);
  g_return_val_if_fail (slot != NULL, FALSE);
  return mill_semaphore_try_acquire_at (self, item_id, g_get_monotonic_time (), slot);
}

/**
 * mill_semaphore_acquire:
 * @item_id: for whom
 * @slot: (out): the slot that was taken; give it to mill_semaphore_release()
 * @cancellable: (nullable): ends the wait
 *
 * Takes a permit, and blocks the calling thread while none is free.
 *
 * Returns: %TRUE if it was taken; %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
mill_semaphore_acquire (MillSemaphore *self, guint64 item_id, guint *slot, GCancellable *cancellable,
                        GError **error)
{
  MillWaiter waiter;
  gulong handler;

  g_return_val_if_fail (MILL_IS_SEMAPHORE (self), FALSE);
  g_return_val_if_fail (slot != NULL, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (mill_semaphore_try_acquire (self, item_id, slot))
    return TRUE;

  mill_waiter_init_thread (&waiter, &self->lock);
  handler = mill_waiter_connect (&waiter, cancellable);
  g_mutex_lock (&self->lock);
  /* A permit may have come back between the two locks. */
  waiter.served = is_free_locked (self);
  waiter.number = waiter.served ? take_slot_locked (self, item_id, g_get_monotonic_time ()) : item_id;
  if (!waiter.served)
    mill_waiter_wait (&waiter, &self->waiters);
  g_mutex_unlock (&self->lock);
  mill_waiter_disconnect (&waiter, cancellable, handler);

  if (!waiter.served)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Operation was cancelled"));
      return FALSE;
    }
  *slot = (guint) waiter.number;
  return TRUE;
}

/**
 * mill_semaphore_acquire_async:
 * @item_id: for whom
 * @cancellable: (nullable): ends the wait
 * @callback: called in the thread-default main context; it has to call mill_semaphore_acquire_finish(), or
 * the permit is never given back
 * @user_data: for @callback
 *
 * Takes a permit, suspended while none is free.
 */
void
mill_semaphore_acquire_async (MillSemaphore *self, guint64 item_id, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MillWaiter *waiter;

  g_return_if_fail (MILL_IS_SEMAPHORE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mill_semaphore_acquire_async);
  /* A permit that was granted must arrive even if the cancellable fires on the way. */
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  waiter = mill_waiter_new_task (task, self, cancellable, waiting_task_cancelled);
  waiter->number = item_id;
  g_mutex_lock (&self->lock);
  mill_wait_list_push (&self->waiters, waiter);
  serve_and_unlock (self);
}

/**
 * mill_semaphore_acquire_finish:
 * @result: what the callback was given
 * @slot: (out): the slot that was taken
 *
 * Ends mill_semaphore_acquire_async().
 *
 * Returns: whether a permit was taken
 */
gboolean
mill_semaphore_acquire_finish (MillSemaphore *self, GAsyncResult *result, guint *slot, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gssize number;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (slot != NULL, FALSE);

  number = g_task_propagate_int (G_TASK (result), &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *slot = (guint) number;
  return TRUE;
}

/**
 * mill_semaphore_release:
 * @slot: a slot that is held
 *
 * Gives a permit back; the first waiter gets it, unless the limit has been lowered meanwhile.
 */
void
mill_semaphore_release (MillSemaphore *self, guint slot)
{
  g_return_if_fail (MILL_IS_SEMAPHORE (self));

  mill_lock (&self->lock);
  if (slot >= self->slots->len || !g_array_index (self->slots, MillSlot, slot).held)
    {
      g_mutex_unlock (&self->lock);
      g_return_if_reached ();
    }
  g_array_index (self->slots, MillSlot, slot) = (MillSlot){ FALSE, 0, 0 };
  self->lowest_free = MIN (self->lowest_free, slot);
  self->held--;
  serve_and_unlock (self);
}

/**
 * mill_semaphore_get_held:
 *
 * How many hold it.
 *
 * Returns: how many hold it; more than the permits for a while after those were lowered
 */
guint
mill_semaphore_get_held (MillSemaphore *self)
{
  guint held;

  g_return_val_if_fail (MILL_IS_SEMAPHORE (self), 0);
  g_mutex_lock (&self->lock);
  held = self->held;
  g_mutex_unlock (&self->lock);
  return held;
}

/**
 * mill_semaphore_get_waiting:
 *
 * How many wait for it.
 *
 * Returns: the number of threads and tasks that wait for a permit
 */
guint
mill_semaphore_get_waiting (MillSemaphore *self)
{
  guint waiting;

  g_return_val_if_fail (MILL_IS_SEMAPHORE (self), 0);
  g_mutex_lock (&self->lock);
  waiting = mill_wait_list_get_length (&self->waiters);
  g_mutex_unlock (&self->lock);
  return waiting;
}

/**
 * mill_semaphore_get_slots:
 * @self: the semaphore
 * @slots: (element-type MillSlot): an array of #MillSlot to be filled: one entry per permit, and those above
 *   the limit that are still held; empty when there is no limit
 *
 * Says who holds which slot.
 */
void
mill_semaphore_get_slots (MillSemaphore *self, GArray *slots)
{
  static const MillSlot free_slot;
  guint n;

  g_return_if_fail (MILL_IS_SEMAPHORE (self));
  g_return_if_fail (slots != NULL);

  g_array_set_size (slots, 0);
  g_mutex_lock (&self->lock);
  n = self->slots->len;
  while (n > self->permits && !g_array_index (self->slots, MillSlot, n - 1).held)
    n--;
  if (self->permits > 0)
    {
      g_array_append_vals (slots, self->slots->data, n);
      for (guint i = n; i < self->permits; i++)
        g_array_append_val (slots, free_slot);
    }
  g_mutex_unlock (&self->lock);
}

/**
 * mill_semaphore_get_slot_list: (rename-to mill_semaphore_get_slots)
 *
 * The same as mill_semaphore_get_slots(), with a list.
 *
 * Returns: (transfer full) (element-type MillSlot): one entry per permit, and those above the limit that are
 *   still held; empty when there is no limit
 */
GList *
mill_semaphore_get_slot_list (MillSemaphore *self)
{
  GList *copies = NULL;
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (MillSlot));

  g_return_val_if_fail (MILL_IS_SEMAPHORE (self), NULL);
  mill_semaphore_get_slots (self, slots);
  for (guint i = slots->len; i > 0; i--)
    copies = g_list_prepend (copies, mill_slot_copy (&g_array_index (slots, MillSlot, i - 1)));
  return copies;
}

/**
 * mill_slot_copy:
 * @self: a slot
 *
 * Copies a slot.
 *
 * Returns: (transfer full): the copy
 */
MillSlot *
mill_slot_copy (const MillSlot *self)
{
  return g_memdup2 (self, sizeof *self);
}

/**
 * mill_slot_free:
 * @self: (transfer full): a copy
 *
 * Frees a copy.
 */
void
mill_slot_free (MillSlot *self)
{
  g_free (self);
}
