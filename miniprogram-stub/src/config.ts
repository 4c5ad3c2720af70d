/** What differs between installations. Templates come from the build, since they are registered for one app id. */
const given = Object.fromEntries(
  (import.meta.env.VITE_TEMPLATES ?? '').split(',').filter(Boolean).map((pair) => pair.split('=') as [string, string]),
)

const template = (name: string, simulated: string) => given[name] ?? simulated

const reminder = template('action_list_reminder', 'sim-action-list-reminder')
const digest = template('action_list_digest', 'sim-action-list-digest')
const todo = template('todo_opened', 'sim-todo')
const escalated = template('todo_escalated', 'sim-todo-escalated')
const decided = template('decided', 'sim-decided')

/** Which messages a role waits for: at most five. */
export function templatesOf(role: string): string[] {
  if (role === 'rep') return [reminder, decided]
  if (role === 'logistics') return [decided]
  return [todo, escalated, digest]
}
