/** The write queue of this phone, wired to the device, with what screens show of it. */
import { computed, reactive } from 'vue'
import { address, type BodyOf, type ParamsOf, type PathOf } from '../api/client'
import { here } from '../go'
import { api, currentToken, loginAgain, session } from '../session'
import { Drafts, isDisbelieved, isSame, newKey, refused, type Draft, type PhotoJob } from './drafts'
import { now, nowText } from './clock'
import * as camera from './camera'
import * as native from './native'
import { Shots, type Shot } from './shots'

export const queue = reactive<{ mine: Draft[]; isOnline: boolean }>({ mine: [], isOnline: true })

/** What its owner has to do again, newest first. */
export const askedAgain = computed(() => refused(queue.mine))

let timer: ReturnType<typeof setTimeout> | undefined

const copyOf = (it: Draft): Draft => ({ ...it, photos: it.photos.map((photo) => ({ ...photo })) })

/** A screen waits for these and says itself what came of them. */
const watched = new Set<string>()
let known = new Set<string>()
/** What was refused in an earlier run stands on top of the screens, and rings no bell again. */
let isStarted = false

function show(drafts: readonly Draft[]): void {
  queue.mine = drafts.filter((it) => it.owner === session.user?.id).map(copyOf)
  const late = askedAgain.value.filter((it) => !known.has(it.key + it.round))
  known = new Set(askedAgain.value.map((it) => it.key + it.round))
  const unseen = isStarted && late.find((it) => !watched.has(it.key))
  if (unseen) native.alarm('有一件没有成功', `「${unseen.title}」需要您看一下，内容都还在。点页面顶部的提示去处理。`)
}

const drafts: Drafts = new Drafts({
  shelf: native.shelf,
  owner: () => session.user?.id ?? null,
  send: (method, path, body, key) => api.exchange(method, path, body, { 'Idempotency-Key': key }),
  upload: (photo, key) => camera.upload(photo, key, currentToken()),
  dropFile: camera.dropFile,
  loginAgain,
  now,
  random: Math.random,
  newKey,
  wake: (ms) => {
    clearTimeout(timer)
    timer = setTimeout(() => void drafts.flush(), ms)
  },
  changed: show,
  full: () => native.alarm('手机存储满了', '刚写的还没有存下，正在直接发送。请保持联网，不要关掉骨干；再清理一下手机存储。'),
})

isStarted = true

/** Shows the logged-in person's drafts and sends what can be sent: at launch, after a login, on a pull. */
export function flush(): Promise<void> {
  isStarted = false
  show(drafts.mine())
  isStarted = true
  showShots()
  return drafts.flush(true)
}

native.onNetwork((isOnline) => {
  queue.isOnline = isOnline
  if (isOnline && session.user) void flush()
})

interface Extra { title: string; key?: string; photos?: PhotoJob[]; after?: string; screen?: string; hold_until?: number }

/** How long a screen waits for the network before its owner may go on. It follows the draft all the same. */
const PATIENCE_MS = 6_000

/** Keeps a write and tries it. The draft says how far it came; the person is never made to wait for a bad network. */
export async function write<M extends 'post' | 'put', P extends PathOf<M>>(
  method: M, path: P, args: ParamsOf<P, M> & { body: BodyOf<P, M> }, extra: Extra,
): Promise<Draft> {
  // `{after}` stays: the queue fills it.
  const filled = address(String(path), args as { path?: object }).replace('%7Bafter%7D', '{after}')
  const body = (args as { body: unknown }).body as Record<string, unknown>
  // What was refused before is corrected, not doubled: what hangs on it stays.
  const same = drafts.mine().find((it) => it.state === 'needs_you' && isSame(it, { method, path: filled, body }))
  if (same) {
    watched.add(same.key)
    const sending = drafts.again(same.key, { body, photos: extra.photos ?? [] })
    extra.photos?.forEach(handedIn)
    return patiently(same.key, sending)
  }
  const { key } = drafts.add({ screen: here(), ...extra, method, path: filled, body })
  watched.add(key)
  extra.photos?.forEach(handedIn)
  const sending = drafts.flush()
  return extra.hold_until ? copyOf(drafts.get(key) as Draft) : patiently(key, sending)
}

async function patiently(key: string, work: Promise<void>): Promise<Draft> {
  await Promise.race([work, new Promise<void>((go) => setTimeout(go, PATIENCE_MS))])
  // A screen that follows it says so at once; a bell later on is for whoever left.
  setTimeout(() => { if (!followed.has(key)) watched.delete(key) }, 0)
  return copyOf(drafts.get(key) as Draft)
}

const followed = new Set<string>()

/** For screens by `follow.ts`. */
export function follow(key: string): void {
  followed.add(key)
  watched.add(key)
}

export function unfollow(key: string): void {
  followed.delete(key)
  watched.delete(key)
}

export const draftOf = (key: string): Draft | undefined => queue.mine.find((it) => it.key === key)
export const again = (key: string) => drafts.again(key)
export const discard = (key: string) => drafts.discard(key)
export const vouched = (key: string) => drafts.vouched(key)
export { isDisbelieved }

// Photos that were taken and not handed in

const shots = new Shots(native.shelf, now, camera.dropFile)

/** What was shot and waits for the next tap, on whatever screen. */
export const unfinished = reactive<{ shots: Shot[] }>({ shots: [] })

function showShots(): void {
  unfinished.shots = shots.all(session.user?.id ?? null)
}

function handedIn(job: PhotoJob): void {
  shots.release(job)
  showShots()
}

/** Nobody will hand this in any more: what it was for is over. */
export function dropShots(subjects: string[]): void {
  for (const { job } of shots.all(session.user?.id ?? null).filter((it) => subjects.includes(it.job.subject_id))) {
    shots.release(job)
    camera.dropFile(job.file)
  }
  showShots()
}

/** The photo taken before the app was closed, or before its screen was left. */
export const shotFor = (purpose: string, id: string): PhotoJob | null => {
  const shot = shots.find(purpose, id)
  return shot && shot.owner === session.user?.id ? shot.job : null
}

const nWaiting = () => {
  const waiting = [...drafts.mine().filter((it) => it.state !== 'done').flatMap((it) => it.photos.filter((photo) => !photo.id)),
    ...shots.all(session.user?.id ?? null).map((it) => it.job)]
  return waiting.reduce((sum, it) => sum + (it.n_bytes ?? 0), 0)
}

/** Takes a photo for something and writes it down at once. A ticket that was fetched while there was signal goes with it. */
export async function shootFor(purpose: string, type: string, id: string, title: string): Promise<PhotoJob | null> {
  const taken = await camera.shoot(nWaiting())
  if (!taken) return null
  const job: PhotoJob = { ...taken, purpose, subject_type: type, subject_id: id, taken_at: nowText(), location: null, ...takeTicket(purpose, id) }
  try {
    shots.keep({ job, owner: session.user?.id ?? '', title, screen: here() ?? '' })
  } catch {
    native.alarm('手机存储满了', '照片拍好了，但退出后不会保留。请现在就提交，再清理一下手机存储。')
  }
  if (taken.original?.why === 'large') native.say('照片较大，已缩小到 1600 像素')
  showShots()
  return job
}

native.shelf.prune()
showShots()
// At launch nothing is being shot: what nobody names is left from a crash.
void camera.keptFiles().then((files) => shots.sweep(files, drafts.files()))

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
    native.shelf.keep(shelfOf(purpose, id), JSON.stringify(tickets))
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
  native.shelf.keep(shelfOf(purpose, id), JSON.stringify({ ...tickets, left }))
  return { ticket, ticket_until: tickets.until }
}
