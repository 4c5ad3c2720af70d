/** Who is logged in, and the one client of the API. */
import { reactive } from 'vue'
import { client, Problem, type Schemas } from './api/client'
import * as native from './platform/native'

type User = Schemas['UserView']
interface Kept { token: string; user: User; code?: string }

const kept = ((): Kept | null => {
  try {
    return JSON.parse(native.shelf.get('session') ?? 'null') as Kept | null
  } catch {
    return null
  }
})()

export const session = reactive<{ user: User | null }>({ user: kept?.user ?? null })

let token = kept?.token ?? null
/** The simulated WeChat's code of the person chosen in a browser. */
let simulated = kept?.code
let renewing: Promise<boolean> | null = null

export const currentToken = () => token

export const api = client({ send: native.send, token: () => token, loginAgain })

function keep(entry: { token: string; user: User }, code?: string): void {
  token = entry.token
  simulated = code
  session.user = entry.user
  native.shelf.keep('session', JSON.stringify({ token, user: entry.user, code } satisfies Kept))
}

/** Logs in with a code; answers with a ticket when nobody is bound to that WeChat yet. */
export async function login(code: string): Promise<{ bindTicket: string } | null> {
  const entry = await api.call('post', '/api/v1/auth/wechat/login', { body: { code } })
  if (!('token' in entry)) return { bindTicket: entry.bind_ticket }
  keep(entry, native.isWechat() ? undefined : code)
  return null
}

export async function bind(bindTicket: string, phoneCode: string, code?: string): Promise<void> {
  const body = { bind_ticket: bindTicket, phone_code: phoneCode }
  const entry = await api.call('post', '/api/v1/auth/wechat/bind', { body })
  if ('token' in entry) keep(entry, code)
}

/** Renews an expired session, or begins one where WeChat knows who it is: a message opens a page without a login
 *  screen. Everybody who meets the 401 waits for the same login. */
export function loginAgain(): Promise<boolean> {
  renewing ??= (async () => {
    const code = simulated ?? (await native.wechatCode())
    const before = session.user?.id
    if (!code) return false
    try {
      return (await login(code)) === null && (!before || session.user?.id === before)
    } catch (fault) {
      if (fault instanceof Problem) return false
      throw fault
    }
  })().finally(() => { renewing = null })
  return renewing
}

export async function logout(): Promise<void> {
  await api.call('post', '/api/v1/auth/logout', {}).catch(() => undefined)
  token = null
  simulated = undefined
  session.user = null
  native.shelf.remove('session')
}
