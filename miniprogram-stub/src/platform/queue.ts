/** The write queue of this phone, wired to the device, with what screens show of it. */
import { reactive } from 'vue'
import { address, type BodyOf, type ParamsOf, type PathOf } from '../api/client'
import { api, currentToken, loginAgain, session } from '../session'
import { Drafts, newKey, type Draft, type PhotoJob } from './drafts'
import { now, nowText } from './clock'
import * as native from './native'

export const queue = reactive<{ mine: Draft[]; isOnline: boolean }>({ mine: [], isOnline: true })

let timer: ReturnType<typeof setTimeout> | undefined

const copyOf = (it: Draft): Draft => ({ ...it, photos: it.photos.map((photo) => ({ ...photo })) })

function show(drafts: readonly Draft[]): void {
  queue.mine = drafts.filter((it) => it.owner === session.user?.id).map(copyOf)
}

const drafts: Drafts = new Drafts({
  shelf: native.shelf,
  owner: () => session.user?.id ?? null,
  send: (method, path, body, key) => api.exchange(method, path, body, { 'Idempotency-Key': key }),
  upload: (photo, key) => native.upload(photo, key, currentToken()),
  dropFile: native.dropFile,
  loginAgain,
  now,
  random: Math.random,
  newKey,
  wake: (ms) => {
    clearTimeout(timer)
    timer = setTimeout(() => void drafts.flush(), ms)
  },
  changed: show,
})

/** Shows the logged-in person's drafts and sends what can be sent: at launch, after a login, on a pull. */
export function flush(): Promise<void> {
  const all = drafts.mine()
  queue.mine = all.map(copyOf)
  return drafts.flush(true)
}

native.onNetwork((isOnline) => {
  queue.isOnline = isOnline
  if (isOnline && session.user) void flush()
})

interface Extra { title: string; key?: string; photos?: PhotoJob[]; after?: string }

/** How long a screen waits for the network before it says that the write is kept. */
const PATIENCE_MS = 6_000

/** Keeps a write and tries it. The draft says how far it came; the person is never made to wait for a bad network. */
export async function write<M extends 'post' | 'put', P extends PathOf<M>>(
  method: M, path: P, args: ParamsOf<P, M> & { body: BodyOf<P, M> }, extra: Extra,
): Promise<Draft> {
  // `{after}` stays: the queue fills it.
  const filled = address(String(path), args as { path?: object }).replace('%7Bafter%7D', '{after}')
  const body = (args as { body: unknown }).body as Record<string, unknown>
  // What was refused before is corrected, not doubled: what hangs on it stays.
  const refused = drafts.mine().find((it) => it.state === 'needs_you' && it.method === method && it.path === filled && isSame(it, body))
  if (refused) return patiently(refused.key, drafts.again(refused.key, { body, photos: extra.photos ?? [] }))
  const { key } = drafts.add({ ...extra, method, path: filled, body })
  return patiently(key, drafts.flush())
}

/** A path without an id is told apart by the customer. */
const isSame = (it: Draft, body: Record<string, unknown>) => it.body.customer_id === body.customer_id

async function patiently(key: string, work: Promise<void>): Promise<Draft> {
  await Promise.race([work, new Promise<void>((go) => setTimeout(go, PATIENCE_MS))])
  return copyOf(drafts.get(key) as Draft)
}

export const draftOf = (key: string): Draft | undefined => queue.mine.find((it) => it.key === key)
export const again = (key: string) => drafts.again(key)
export const discard = (key: string) => drafts.discard(key)

/** Takes a photo for something. A ticket that was fetched while there was signal goes with it. */
export async function shootFor(purpose: string, type: string, id: string): Promise<PhotoJob | null> {
  const file = await native.shoot()
  if (!file) return null
  return { file, purpose, subject_type: type, subject_id: id, taken_at: nowText(), location: null, ...takeTicket(purpose, id) }
}

// Tickets for photos without signal

interface Tickets { until: string; left: string[] }
const shelfOf = (purpose: string, id: string) => `tickets.${purpose}.${id}`

/** Fetches tickets while there is signal; without it the queue fetches them before it uploads. */
export async function prepare(purpose: string, type: string, id: string): Promise<void> {
  if (peek(purpose, id)) return
  try {
    const body = { purpose, subject_type: type, subject_id: id, count: 2 }
    const given = await api.call('post', '/api/v1/capture-tickets', { body, key: newKey() })
    const tickets: Tickets = { until: given.expires_at, left: given.tickets }
    native.shelf.set(shelfOf(purpose, id), JSON.stringify(tickets))
  } catch {
    // The queue does it later.
  }
}

function peek(purpose: string, id: string): Tickets | null {
  const tickets = JSON.parse(native.shelf.get(shelfOf(purpose, id)) ?? 'null') as Tickets | null
  return tickets && tickets.left.length && Date.parse(tickets.until) > now() ? tickets : null
}

function takeTicket(purpose: string, id: string): Pick<PhotoJob, 'ticket' | 'ticket_until'> {
  const tickets = peek(purpose, id)
  if (!tickets) return {}
  const [ticket, ...left] = tickets.left
  native.shelf.set(shelfOf(purpose, id), JSON.stringify({ ...tickets, left }))
  return { ticket, ticket_until: tickets.until }
}
