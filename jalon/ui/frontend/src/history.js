// Undo and redo as a value: every function returns a new history.

export const STEP_LIMIT = 20;

export function startHistory(present) {
  return { past: [], present, future: [] };
}

/** The history after a new step; what had been undone is forgotten, as are the oldest steps. */
export function commit(history, present) {
  const past = [...history.past, history.present].slice(-STEP_LIMIT);
  return { past, present, future: [] };
}

/** The history one step back; the same history when there is none. */
export function undo({ past, present, future }) {
  if (past.length === 0) return { past, present, future };
  return { past: past.slice(0, -1), present: past.at(-1), future: [present, ...future] };
}

/** The history one step forward; the same history when there is none. */
export function redo({ past, present, future }) {
  if (future.length === 0) return { past, present, future };
  return { past: [...past, present], present: future[0], future: future.slice(1) };
}
