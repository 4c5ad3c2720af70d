/** Asks for subscription messages at the taps where the server says it is worth it. */
import { now } from './platform/clock'
import * as native from './platform/native'
import { api, session } from './session'

export type Tap = 'filing' | 'checkin' | 'signoff' | 'decision' | 'inbox'

const place = () => `plan.${session.user?.id ?? ''}`

/** Fetches what to ask for: a prompt must follow its tap at once, so the list has to be here before. */
export async function preparePlans(): Promise<void> {
  if (!session.user) return
  const plan = await api.call('get', '/api/v1/notifications/subscription-plan', {}).catch(() => null)
  if (plan) native.shelf.keep(place(), JSON.stringify(plan.by_tap))
}

const planned = (tap: Tap) => (JSON.parse(native.shelf.get(place()) ?? '{}') as Partial<Record<Tap, string[]>>)[tap] ?? []

/** Must be called first in a tap's handler: WeChat refuses the prompt after a wait. True when there will be one more. */
export async function allowMessages(tap: Tap): Promise<boolean> {
  const templates = planned(tap)
  if (!templates.length) return false
  const results = await native.askToNotify(templates)
  if (!Object.keys(results).length) return false
  const granted = await api.call('post', '/api/v1/notifications/subscriptions', { body: { results } }).catch(() => null)
  void preparePlans()
  return !!granted?.accepted
}

/** Whoever has just been asked is left alone. */
const APART_MS = 4 * 3600_000

/** The same, beside something else that was tapped: work goes on. Only WeChat's own prompt is light enough for that. */
export function allowAlong(tap: Tap): void {
  if (!native.isWechat() || now() - Number(native.shelf.get('asked') ?? 0) < APART_MS) return
  if (planned(tap).length) native.shelf.keep('asked', String(now()))
  void allowMessages(tap)
}
