/**
 * The write queue. Every write is a draft under an idempotency key that is made before the first try, so a try whose
 * answer never came can be repeated: the server answers a known key with its first answer. A draft is stored before
 * anything is sent and leaves only by being done, or by its owner's hand.
 *
 * Pure: the device, the network and the clock come in as ports.
 */
import { Problem, type Answer } from '../api/client'

export type State = 'waiting' | 'sending' | 'needs_you' | 'done'

export interface Location {
  lat: number
  lng: number
  system: string
  accuracy_m?: number | null
  captured_at?: string | null
}

/** A photo of a draft: kept on the phone until the draft is done. */
export interface PhotoJob {
  file: string
  purpose: string
  subject_type: string
  subject_id: string
  taken_at: string
  location: Location | null
  ticket?: string
  ticket_until?: string
  /** An upload with this ticket was begun: the ticket stays, or the key would cover two different uploads. */
  begun?: boolean
  /** The server has it. */
  id?: string
  n_bytes?: number
  /** What is sent is not what was shot: why, and what the original was. */
  original?: Original
}

/** A picture as it left the camera, where another one is sent in its place. */
export interface Original { sha256: string; n_bytes: number; why: 'large' | 'heic' }

export interface Draft {
  key: string
  owner: string
  title: string
  method: 'post' | 'put'
  /** `{after}` stands for the id in the answer of the draft named by `after`. */
  path: string
  body: Record<string, unknown>
  photos: PhotoJob[]
  after?: string
  /** The address of the screen it was written on, where its owner does something about a refusal. */
  screen?: string
  /** Not sent before: its owner may still take it back. */
  hold_until?: number
  /** It stands nowhere but in memory: the phone has no room. */
  is_unkept?: boolean
  state: State
  /** How often its owner sent it again after a refusal: a refusal is kept under its key, so each round has its own. */
  round: number
  tries: number
  not_before: number
  made_at: number
  done_at?: number
  problem?: { status: number; code: string; detail: string }
  answer?: unknown
}

export type NewDraft = Pick<Draft, 'title' | 'method' | 'path'>
  & Partial<Pick<Draft, 'key' | 'body' | 'photos' | 'after' | 'screen' | 'hold_until'>>

/** Two writes about the same: one path, and where the path names nothing, one customer. */
export const isSame = (a: Pick<Draft, 'method' | 'path' | 'body'>, b: Pick<Draft, 'method' | 'path' | 'body'>): boolean =>
  a.method === b.method && a.path === b.path && a.body.customer_id === b.body.customer_id

/** The server took it and did not believe it: nothing followed, and it has to be done again. */
export const isDisbelieved = (it: Draft): boolean =>
  it.state === 'done' && (it.answer as { verdict?: string } | null | undefined)?.verdict === 'reject'

/** What has to be done again by its owner, newest first. What was done again already is not among it. */
export function refused(drafts: readonly Draft[]): Draft[] {
  const isAsked = (it: Draft) => it.state === 'needs_you' || isDisbelieved(it)
  const isLast = (it: Draft, place: number) => !drafts.slice(place + 1).some((later) => isSame(it, later))
  return drafts.filter((it, place) => isAsked(it) && isLast(it, place)).reverse()
}

export interface Ports {
  shelf: { get(name: string): string | null; set(name: string, text: string): void; remove(name: string): void }
  /** Who is logged in; other people's drafts wait for them. */
  owner(): string | null
  send(method: 'post' | 'put', path: string, body: unknown, key: string): Promise<Answer>
  upload(photo: PhotoJob, key: string): Promise<Answer>
  dropFile(file: string): void
  loginAgain(): Promise<boolean>
  now(): number
  random(): number
  newKey(): string
  /** Calls `flush` after a while. */
  wake(ms: number): void
  changed(drafts: readonly Draft[]): void
  /** The phone has no room for what was written. */
  full(): void
}

/** The photo of a draft is gone from the phone. */
export class FileLost extends Error {}

class Later extends Error { constructor(readonly afterS?: number) { super('later') } }
class LoginNeeded extends Error {}

const INDEX = 'drafts'
const BACK_OFF_MS = { first: 2_000, longest: 300_000 }
/** Answers stay this long for drafts that follow, and for "my things". */
const KEEP_DONE_MS = 48 * 3600_000
const LONGEST_ANSWER = 16_000

const named = (key: string) => `draft.${key}`

export class Drafts {
  private drafts: Draft[] = []
  private running: Promise<void> | null = null
  private asked: 'no' | 'due' | 'all' = 'no'
  /** The list on the disk names all drafts. */
  private isListed = true

  constructor(private readonly ports: Ports) {
    for (const key of this.read<string[]>(INDEX) ?? []) {
      const draft = this.read<Draft>(named(key))
      // Killed while sending: whether it arrived is unknown, the key makes asking again safe.
      if (draft) this.drafts.push(draft.state === 'sending' ? { ...draft, state: 'waiting', not_before: 0 } : draft)
    }
    this.prune()
    ports.changed(this.drafts)
  }

  /** The logged-in person's drafts, oldest first. */
  mine(): readonly Draft[] {
    const owner = this.ports.owner()
    return this.drafts.filter((it) => it.owner === owner)
  }

  get(key: string): Draft | undefined {
    return this.drafts.find((it) => it.key === key)
  }

  /** The photos that are still wanted, whoever they belong to. */
  files(): string[] {
    return this.drafts.filter((it) => it.state !== 'done').flatMap((it) => it.photos.map((photo) => photo.file))
  }

  /** Keeps the write. After this returns nothing can lose it, but where the phone is full: then it is `is_unkept`. */
  add(wanted: NewDraft): Draft {
    const owner = this.ports.owner()
    if (!owner) throw new Error('nobody is logged in')
    const draft: Draft = {
      body: {}, photos: [], ...wanted, key: wanted.key ?? this.ports.newKey(), owner,
      state: 'waiting', round: 0, tries: 0, not_before: 0, made_at: this.ports.now(),
    }
    const known = this.get(draft.key)
    if (known) return known
    // What waited for an attempt that was not believed waits for this one.
    const before = this.drafts.filter((it) => isDisbelieved(it) && it.owner === owner && isSame(it, draft))
    this.drafts.push(draft)
    // The list first: a name without its draft is skipped, a draft without its name would be lost.
    this.saveIndex()
    this.save(draft)
    for (const child of this.drafts.filter((it) => before.some((old) => it.after === old.key))) {
      this.save(Object.assign(child, { after: draft.key }))
    }
    return draft
  }

  /** Keeps the write, tries it at once, and tells how far it came. */
  async submit(wanted: NewDraft): Promise<Draft> {
    const { key } = this.add(wanted)
    await this.flush()
    return this.get(key) as Draft
  }

  /** The owner sends it again, as it is or changed. A refusal changed nothing on the server: a new key is safe. */
  async again(key: string, change: Partial<Pick<Draft, 'body' | 'photos'>> = {}): Promise<void> {
    const draft = this.get(key)
    if (!draft || draft.state !== 'needs_you') return
    const photos = (change.photos ?? draft.photos).map((it) => {
      const id = it.id ?? draft.photos.find((old) => old.file === it.file)?.id
      return id ? { ...it, id } : { ...it, ticket: undefined, ticket_until: undefined, begun: false }
    })
    for (const old of draft.photos) if (!photos.some((it) => it.file === old.file)) this.ports.dropFile(old.file)
    this.save(Object.assign(draft, change, {
      photos, state: 'waiting', round: draft.round + 1, tries: 0, not_before: 0, problem: undefined,
    }))
    await this.flush()
  }

  /** Somebody vouched for what was not believed: it counts, and what waited for it goes. */
  async vouched(key: string): Promise<void> {
    const draft = this.get(key)
    if (!draft || !isDisbelieved(draft)) return
    this.save(Object.assign(draft, { answer: { ...(draft.answer as object), verdict: 'review' } }))
    await this.flush()
  }

  /** Only its owner throws a draft away, and with it what hangs on it. One that is under way cannot be. */
  discard(key: string): boolean {
    const draft = this.get(key)
    if (!draft || draft.state === 'sending' || draft.owner !== this.ports.owner()) return false
    for (const child of this.drafts.filter((it) => it.after === key)) this.discard(child.key)
    this.forget(draft)
    this.ports.changed(this.drafts)
    return true
  }

  /** Sends what is due; `all` also what is backing off. Never two at a time. */
  flush(all = false): Promise<void> {
    if (this.asked !== 'all') this.asked = all ? 'all' : 'due'
    this.running ??= this.run().finally(() => { this.running = null })
    return this.running
  }

  private async run(): Promise<void> {
    while (this.asked !== 'no') {
      const all = this.asked === 'all'
      this.asked = 'no'
      if (!(await this.pass(all))) break
    }
    this.prune()
    const waiting = this.mine().filter((it) => it.state === 'waiting' && this.isFree(it))
    if (waiting.length) {
      const next = Math.min(...waiting.map((it) => Math.max(it.not_before, it.hold_until ?? 0)))
      this.ports.wake(Math.max(next - this.ports.now(), 1_000))
    }
  }

  private isFree(draft: Draft): boolean {
    const before = draft.after ? this.get(draft.after) : undefined
    return !draft.after || (before?.state === 'done' && !isDisbelieved(before))
  }

  /** True when the network is there. Without it one failed try is enough for all. */
  private async pass(all: boolean): Promise<boolean> {
    for (const draft of [...this.mine()]) {
      const due = all || draft.not_before <= this.ports.now()
      const isHeld = (draft.hold_until ?? 0) > this.ports.now()
      if (draft.state !== 'waiting' || !due || isHeld || !this.isFree(draft)) continue
      try {
        await this.deliver(draft)
      } catch (fault) {
        if (!this.get(draft.key)) throw fault
        if (fault instanceof Problem || fault instanceof FileLost) {
          const { status, code, detail } = fault instanceof Problem
            ? fault : { status: 0, code: 'file_lost', detail: '照片已不在手机里，请重新拍摄' }
          this.save(Object.assign(draft, { state: 'needs_you', problem: { status, code, detail } }))
          continue
        }
        this.backOff(draft, fault instanceof Later ? fault.afterS : undefined)
        if (fault instanceof Later) continue
        return false
      }
    }
    return true
  }

  private async deliver(draft: Draft): Promise<void> {
    this.save(Object.assign(draft, { state: 'sending' }))
    const key = draft.round ? `${draft.key}.r${draft.round}` : draft.key
    for (const [place, photo] of draft.photos.entries()) {
      if (!photo.id) await this.handIn(draft, photo, `${key}.p${place}`)
    }
    const ids = draft.photos.map((it) => it.id)
    const body = ids.length ? { ...draft.body, photo_ids: ids } : draft.body
    const parent = draft.after ? this.get(draft.after) : undefined
    const path = draft.path.replace('{after}', String((parent?.answer as { id?: string } | undefined)?.id))
    const answer = await this.answered(() => this.ports.send(draft.method, path, body, key))
    for (const photo of draft.photos) this.ports.dropFile(photo.file)
    const isLong = JSON.stringify(answer ?? null).length > LONGEST_ANSWER
    const { id, verdict } = (answer ?? {}) as { id?: string; verdict?: string }
    const kept = isLong ? { id, verdict } : answer
    this.save(Object.assign(draft, { state: 'done', answer: kept, done_at: this.ports.now(), problem: undefined }))
    // What waited for it may stand before it in the list.
    if (this.asked === 'no' && this.drafts.some((it) => it.after === draft.key && it.state === 'waiting')) this.asked = 'due'
  }

  /** One photo, with a ticket that comes from an earlier visit to the network or is fetched now. */
  private async handIn(draft: Draft, photo: PhotoJob, key: string): Promise<void> {
    const isOver = photo.ticket_until !== undefined && Date.parse(photo.ticket_until) <= this.ports.now()
    if (!photo.ticket || (isOver && !photo.begun)) {
      const { purpose, subject_type, subject_id } = photo
      const wanted = { purpose, subject_type, subject_id }
      // A fetched ticket that was never used costs nothing, so its key need not survive.
      const given = await this.answered(() =>
        this.ports.send('post', '/api/v1/capture-tickets', wanted, this.ports.newKey()))
      const { ticket, expires_at } = given as { ticket: string; expires_at: string }
      Object.assign(photo, { ticket, ticket_until: expires_at })
    }
    photo.begun = true
    this.save(draft)
    const stored = await this.answered(() => this.ports.upload(photo, key))
    photo.id = (stored as { id: string }).id
    this.save(draft)
  }

  /** The body of a good answer. Renews the session once; sorts everything else into later, refused, or no answer. */
  private async answered(ask: () => Promise<Answer>): Promise<unknown> {
    let answer = await ask()
    if (answer.status === 401 && (await this.ports.loginAgain())) answer = await ask()
    const { status } = answer
    if (status >= 200 && status < 300) return answer.body
    if (status === 401) throw new LoginNeeded()
    if (status === 408 || status === 429 || status >= 500 || status < 200) throw new Later(answer.retryAfterS)
    throw new Problem(status, answer.body)
  }

  private backOff(draft: Draft, afterS?: number): void {
    const doubled = Math.min(BACK_OFF_MS.first * 2 ** Math.min(draft.tries, 20), BACK_OFF_MS.longest)
    const jittered = doubled * (0.5 + this.ports.random() / 2)
    const wait = Math.max(jittered, (afterS ?? 0) * 1000)
    this.save(Object.assign(draft, { state: 'waiting', tries: draft.tries + 1, not_before: this.ports.now() + wait }))
  }

  private prune(): void {
    const old = this.ports.now() - KEEP_DONE_MS
    const isNeeded = (key: string) => this.drafts.some((it) => it.after === key && it.state !== 'done')
    const over = this.drafts.filter((it) => it.state === 'done' && (it.done_at ?? 0) < old && !isNeeded(it.key))
    for (const draft of over) this.forget(draft)
    if (over.length) this.ports.changed(this.drafts)
  }

  private forget(draft: Draft): void {
    this.drafts = this.drafts.filter((it) => it !== draft)
    this.saveIndex()
    this.ports.shelf.remove(named(draft.key))
    for (const photo of draft.photos) this.ports.dropFile(photo.file)
  }

  /** A full phone stops nothing: the draft goes on in memory and can still be sent, and its owner is told. */
  private save(draft: Draft): void {
    const { is_unkept: wasUnkept, ...kept } = draft
    const isKept = this.keep(named(draft.key), JSON.stringify(kept)) && (this.isListed || this.saveIndex())
    draft.is_unkept = isKept ? undefined : true
    if (!isKept && !wasUnkept && draft.state !== 'done') this.ports.full()
    this.ports.changed(this.drafts)
  }

  private saveIndex(): boolean {
    this.isListed = this.keep(INDEX, JSON.stringify(this.drafts.map((it) => it.key)))
    return this.isListed
  }

  private keep(name: string, text: string): boolean {
    try {
      this.ports.shelf.set(name, text)
      return true
    } catch {
      return false
    }
  }

  private read<T>(name: string): T | null {
    const text = this.ports.shelf.get(name)
    try {
      return text ? (JSON.parse(text) as T) : null
    } catch {
      return null
    }
  }
}

/** A key of 122 random bits in the shape of a UUID; mini-programs have no crypto.randomUUID. */
export function newKey(random: () => number = Math.random): string {
  const hex = (n: number) => Array.from({ length: n }, () => Math.floor(random() * 16).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[Math.floor(random() * 4)]}${hex(3)}-${hex(12)}`
}


