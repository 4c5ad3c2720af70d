/** Asks for the messages a role waits for. */
import { templatesOf } from './config'
import { now } from './platform/clock'
import * as native from './platform/native'
import { api, session } from './session'

/** Must be called first in a tap's handler: WeChat refuses the prompt after a wait. True when there will be one more. */
export async function allowMessages(): Promise<boolean> {
  const results = await native.askToNotify(templatesOf(session.user?.role ?? ''))
  if (!Object.keys(results).length) return false
  const granted = await api.call('post', '/api/v1/notifications/subscriptions', { body: { results } }).catch(() => null)
  return !!granted?.accepted
}

/** Work goes on; whoever has just been asked is left alone. */
const APART_MS = 4 * 3600_000

/** The same, beside something else that was tapped. Only WeChat's own prompt is light enough for that. */
export function allowAlong(): void {
  if (!native.isWechat() || now() - Number(native.shelf.get('asked') ?? 0) < APART_MS) return
  native.shelf.set('asked', String(now()))
  void allowMessages()
}
