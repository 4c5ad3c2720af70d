import { beforeEach, describe, expect, it } from 'vitest'
import { NoAnswer } from '../src/api/client'
import { Drafts, FileLost, newKey, refused, type Draft, type NewDraft, type PhotoJob, type Ports } from '../src/platform/drafts'
import { StorageFull } from '../src/platform/storage'
import { FakeServer } from './fake-server'

/** A phone: what is on its disk survives the app. */
class Phone {
  readonly disk = new Map<string, string>()
  readonly files = new Set<string>()
  server = new FakeServer()
  owner: string | null = 'rep-01'
  now = 1_000_000
  wakes: number[] = []
  logins = 0
  alarms = 0
  /** What its storage holds at most, in characters. */
  room = Infinity
  session = true
  private life = 0

  /** Starts the app. What the app before had under way never comes back to it. */
  launch(over: Partial<Ports> = {}): Drafts {
    const life = ++this.life
    const alive = <T>(answer: Promise<T>): Promise<T> =>
      answer.then((it) => (life === this.life ? it : new Promise<T>(() => {})),
        (fault) => { if (life === this.life) throw fault; return new Promise<T>(() => {}) })
    return new Drafts({
      shelf: {
        get: (name) => this.disk.get(name) ?? null,
        set: (name, text) => {
          if (life !== this.life) return
          const others = [...this.disk].filter(([it]) => it !== name).reduce((sum, [, it]) => sum + it.length, 0)
          if (others + text.length > this.room) throw new StorageFull()
          this.disk.set(name, text)
        },
        remove: (name) => { if (life === this.life) this.disk.delete(name) },
      },
      owner: () => this.owner,
      send: (...args) => alive(this.server.send(...args)),
      upload: (photo, key) => this.files.has(photo.file)
        ? alive(this.server.upload(photo, key)) : Promise.reject(new FileLost()),
      dropFile: (file) => { this.files.delete(file) },
      loginAgain: async () => { this.logins += 1; return this.session },
      now: () => this.now,
      random: () => 0.5,
      newKey,
      wake: (ms) => { this.wakes.push(ms) },
      changed: () => {},
      full: () => { this.alarms += 1 },
      ...over,
    })
  }

  kill() { this.life += 1 }

  shoot(purpose: string, subject: string, n = 0): PhotoJob {
    const file = `${subject}-${purpose}-${n}.jpg`
    this.files.add(file)
    return { file, purpose, subject_type: 'delivery', subject_id: subject, taken_at: '2026-11-24T01:00:00Z', location: null }
  }
}

const note = (text: string): NewDraft => ({ title: text, method: 'post', path: `/api/v1/${text}`, body: { text } })
const states = (drafts: Drafts) => drafts.mine().map((it) => it.state)

let phone: Phone
beforeEach(() => { phone = new Phone() })

describe('a write', () => {
  it('is on the disk under its key before the first try', async () => {
    let onDisk = ''
    const drafts = phone.launch({ send: async (_, __, ___, key) => { onDisk = phone.disk.get(`draft.${key}`) ?? ''; return { status: 200, body: {} } } })
    const draft = await drafts.submit(note('a'))
    expect(JSON.parse(onDisk).state).toBe('sending')
    expect(draft.state).toBe('done')
  })

  it('is kept without an answer, backs off with jitter, and is sent once', async () => {
    const drafts = phone.launch()
    phone.server.fate = () => 'lost'
    await drafts.submit(note('a'))
    expect(states(drafts)).toEqual(['waiting'])
    const waits = [drafts.mine()[0]!.not_before - phone.now]
    for (let i = 0; i < 3; i++) { await drafts.flush(true); waits.push(drafts.mine()[0]!.not_before - phone.now) }
    expect(waits).toEqual([1500, 3000, 6000, 12000])
    expect(phone.wakes.length).toBeGreaterThan(0)
    phone.server.fate = () => 'ok'
    await drafts.flush()
    expect(states(drafts)).toEqual(['waiting'])
    phone.now += 12_000
    await drafts.flush()
    expect(states(drafts)).toEqual(['done'])
    expect(phone.server.done).toHaveLength(1)
  })

  it('never waits longer than five minutes between tries', async () => {
    const drafts = phone.launch({ random: () => 1 })
    phone.server.fate = () => 'away'
    drafts.add(note('a'))
    for (let i = 0; i < 40; i++) await drafts.flush(true)
    expect(drafts.mine()[0]!.not_before - phone.now).toBe(300_000)
  })

  it('does not try the others when there is no network', async () => {
    let n = 0
    phone.server.fate = () => { n += 1; return 'away' }
    const drafts = phone.launch()
    for (const name of ['a', 'b', 'c']) drafts.add(note(name))
    await drafts.flush(true)
    expect(n).toBe(1)
  })

  it('honours Retry-After and lets others pass when the server is busy', async () => {
    phone.server.fate = (path) => path.endsWith('/a') ? { status: 503, body: {}, retryAfterS: 60 } : 'ok'
    const drafts = phone.launch()
    drafts.add(note('a'))
    await drafts.submit(note('b'))
    expect(states(drafts)).toEqual(['waiting', 'done'])
    expect(drafts.mine()[0]!.not_before - phone.now).toBe(60_000)
  })

  for (const status of [400, 403, 404, 409, 412, 413, 415, 422]) {
    it(`that is refused with ${status} is kept with the reason`, async () => {
      phone.server.fate = () => ({ status, body: { code: 'some_code', detail: '请补一张签收单照片' } })
      const drafts = phone.launch()
      const draft = await drafts.submit(note('a'))
      expect(draft.state).toBe('needs_you')
      expect(draft.problem).toEqual({ status, code: 'some_code', detail: '请补一张签收单照片' })
      phone.server.fate = () => 'ok'
      await drafts.flush(true)
      expect(phone.server.done).toHaveLength(0)
    })
  }

  it('sent again by its owner uses a new key, since the refusal is kept under the old one', async () => {
    const drafts = phone.launch()
    const keys: string[] = []
    const send = phone.server.send
    phone.server.send = (...args) => { keys.push(args[3]); return send(...args) }
    phone.server.fate = () => ({ status: 409, body: {} })
    const draft = await drafts.submit(note('a'))
    phone.server.fate = () => 'ok'
    await drafts.again(draft.key)
    expect(drafts.get(draft.key)!.state).toBe('done')
    expect(keys).toEqual([draft.key, `${draft.key}.r1`])
  })

  it('renews the session once after a 401', async () => {
    let n = 0
    phone.server.fate = () => (n++ === 0 ? { status: 401, body: {} } : 'ok')
    const drafts = phone.launch()
    expect((await drafts.submit(note('a'))).state).toBe('done')
    expect(phone.logins).toBe(1)
  })

  it('waits when the session cannot be renewed', async () => {
    phone.session = false
    phone.server.fate = () => ({ status: 401, body: {} })
    const drafts = phone.launch()
    drafts.add(note('a'))
    await drafts.submit(note('b'))
    expect(states(drafts)).toEqual(['waiting', 'waiting'])
    expect(phone.logins).toBe(1)
  })

  it("waits for its owner when somebody else is logged in", async () => {
    const drafts = phone.launch()
    drafts.add(note('a'))
    phone.owner = 'rep-02'
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)
    expect(drafts.mine()).toHaveLength(0)
    phone.owner = 'rep-01'
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(1)
  })

  it('that follows another goes after it, with its id', async () => {
    const drafts = phone.launch()
    phone.server.fate = () => 'away'
    const visit = drafts.add(note('visits'))
    await drafts.submit({ title: 'b', method: 'post', path: '/api/v1/visits/{after}/complete', after: visit.key })
    phone.server.fate = () => 'ok'
    await drafts.flush(true)
    expect(phone.server.done.map((it) => it.path)).toEqual(['/api/v1/visits', '/api/v1/visits/id-1/complete'])
  })

  it('that follows a refused one waits, and goes only when its owner discards both', async () => {
    phone.server.fate = (path) => (path.endsWith('/visits') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const visit = drafts.add(note('visits'))
    await drafts.submit({ title: 'b', method: 'post', path: '/x/{after}', after: visit.key })
    expect(states(drafts)).toEqual(['needs_you', 'waiting'])
    expect(drafts.discard(visit.key)).toBe(true)
    expect(drafts.mine()).toHaveLength(0)
    expect([...phone.disk.keys()]).toEqual(['drafts'])
  })

  it('is flushed by one run at a time', async () => {
    const drafts = phone.launch()
    for (let i = 0; i < 20; i++) drafts.add(note(`n${i}`))
    await Promise.all([drafts.flush(), drafts.flush(true), drafts.flush(), drafts.submit(note('last'))])
    expect(phone.server.mostInFlight).toBe(1)
    expect(phone.server.done).toHaveLength(21)
  })

  it('is remembered for two days after it is done', async () => {
    const drafts = phone.launch()
    await drafts.submit(note('a'))
    phone.now += 47 * 3600_000
    expect(phone.launch().mine()).toHaveLength(1)
    phone.now += 2 * 3600_000
    expect(phone.launch().mine()).toHaveLength(0)
  })
})

describe('a full phone', () => {
  it('says so, keeps the write in memory, and sends it all the same', async () => {
    phone.room = 10
    phone.server.fate = () => 'away'
    const drafts = phone.launch()
    const draft = await drafts.submit(note('a'))
    expect(draft).toMatchObject({ state: 'waiting', is_unkept: true })
    expect(phone.alarms).toBe(1)
    phone.server.fate = () => 'ok'
    await drafts.flush(true)
    expect(drafts.get(draft.key)!.state).toBe('done')
    expect(phone.server.done).toHaveLength(1)
    expect(phone.alarms).toBe(1)
  })

  it('keeps it after all once there is room, with its name on the list', async () => {
    phone.room = 10
    phone.server.fate = () => 'away'
    const drafts = phone.launch()
    const draft = await drafts.submit(note('a'))
    phone.room = Infinity
    await drafts.flush(true)
    expect(drafts.get(draft.key)!.is_unkept).toBeUndefined()
    phone.kill()
    expect(phone.launch().get(draft.key)!.state).toBe('waiting')
  })

  it('loses nothing that was there before', async () => {
    phone.server.fate = () => 'away'
    const drafts = phone.launch()
    await drafts.submit(note('a'))
    phone.room = [...phone.disk.values()].join('').length + 20
    await drafts.submit(note('b'))
    phone.kill()
    expect(phone.launch().mine().map((it) => it.title)).toEqual(['a'])
    expect(phone.alarms).toBe(1)
  })
})

describe('an answer that does not believe', () => {
  const visit = (customer: string): NewDraft => ({ title: `签到 ${customer}`, method: 'post', path: '/api/v1/visits', body: { customer_id: customer } })
  const outcome = (after: string): NewDraft => ({ title: '结果', method: 'post', path: '/api/v1/visits/{after}/complete', after })
  const disbelieve = (path: string) => (path.endsWith('/visits') ? { status: 201, body: { id: 'v1', verdict: 'reject', next: 'retake' } } : 'ok' as const)

  it('is for its owner to do again, and its outcome waits', async () => {
    phone.server.fate = disbelieve
    const drafts = phone.launch()
    const first = await drafts.submit(visit('c1'))
    await drafts.submit(outcome(first.key))
    expect(states(drafts)).toEqual(['done', 'waiting'])
    expect(refused(drafts.mine()).map((it) => it.key)).toEqual([first.key])
    expect(phone.server.done).toHaveLength(0)
  })

  it('is replaced by the next attempt, which takes the outcome with it', async () => {
    phone.server.fate = disbelieve
    const drafts = phone.launch()
    const first = await drafts.submit(visit('c1'))
    const other = await drafts.submit(visit('c2'))
    await drafts.submit(outcome(first.key))
    await drafts.submit(outcome(other.key))
    phone.server.fate = () => 'ok'
    await drafts.submit(visit('c1'))
    expect(phone.server.done.map((it) => it.path)).toEqual(['/api/v1/visits', '/api/v1/visits/id-1/complete'])
    expect(refused(drafts.mine()).map((it) => it.title)).toEqual(['签到 c2'])
  })

  it('counts when somebody vouches for it', async () => {
    phone.server.fate = disbelieve
    const drafts = phone.launch()
    const first = await drafts.submit(visit('c1'))
    await drafts.submit(outcome(first.key))
    await drafts.vouched(first.key)
    expect(phone.server.done.map((it) => it.path)).toEqual(['/api/v1/visits/v1/complete'])
    expect(refused(drafts.mine())).toEqual([])
  })

  it('keeps its verdict, however long it is', async () => {
    phone.server.fate = () => ({ status: 200, body: { id: 'x', verdict: 'reject', text: 'x'.repeat(20_000) } })
    const drafts = phone.launch()
    await drafts.submit(visit('c1'))
    expect(refused(phone.launch().mine())).toHaveLength(1)
  })
})

describe('a write that can be taken back', () => {
  const held = (): NewDraft => ({ ...note('fail'), hold_until: phone.now + 8_000 })

  it('is not sent before its time, not even when the network comes back', async () => {
    const drafts = phone.launch()
    await drafts.submit(held())
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)
    expect(phone.wakes.slice(-1)[0]).toBe(8_000)
    phone.now += 8_000
    await drafts.flush()
    expect(phone.server.done).toHaveLength(1)
  })

  it('is gone when it is taken back', async () => {
    const drafts = phone.launch()
    const draft = await drafts.submit(held())
    expect(drafts.discard(draft.key)).toBe(true)
    phone.now += 10_000
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)
  })
})

describe('photos', () => {
  const signOff = (n: number): NewDraft => ({
    title: `第 ${n} 站`, method: 'post', path: `/api/v1/deliveries/d${n}/sign-off`, body: { signer_name: '王' },
    photos: [phone.shoot('goods', `d${n}`), phone.shoot('signed_slip', `d${n}`)],
  })

  it('resume where they stopped: one that is there is not sent again', async () => {
    let n = 0
    phone.server.fate = (path) => (path.endsWith('/photos') && ++n === 2 ? 'away' : 'ok')
    const drafts = phone.launch()
    await drafts.submit(signOff(1))
    expect(drafts.mine()[0]!.photos.map((it) => it.id)).toEqual(['photo-1', undefined])
    phone.kill()
    const later = phone.launch()
    await later.flush(true)
    expect(phone.server.nUploads).toBe(2)
    expect(phone.server.done[0]!.body.photo_ids).toEqual(['photo-1', 'photo-2'])
    expect(phone.files.size).toBe(0)
  })

  it('keep their ids when the write is refused', async () => {
    phone.server.fate = (path) => (path.endsWith('/sign-off') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const draft = await drafts.submit(signOff(1))
    phone.server.fate = () => 'ok'
    await drafts.again(draft.key, { body: { signer_name: '李' } })
    expect(phone.server.nUploads).toBe(2)
    expect(phone.server.done[0]!.body.signer_name).toBe('李')
  })

  it('that a screen hands in again, not knowing their ids, are not sent again', async () => {
    phone.server.fate = (path) => (path.endsWith('/sign-off') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const wanted = signOff(1)
    const draft = await drafts.submit({ ...wanted, photos: wanted.photos!.map((it) => ({ ...it })) })
    phone.server.fate = () => 'ok'
    await drafts.again(draft.key, { photos: wanted.photos })
    expect(phone.server.nUploads).toBe(2)
    expect(phone.server.done[0]!.body.photo_ids).toEqual(['photo-1', 'photo-2'])
    expect(phone.files.size).toBe(0)
  })

  it('that are taken again replace the old ones, and what hangs on the write stays', async () => {
    phone.server.fate = (path) => (path.endsWith('/photos') ? { status: 422, body: {} } : 'ok')
    const drafts = phone.launch()
    const visit = drafts.add({ ...signOff(1), path: '/api/v1/visits' })
    await drafts.submit({ title: 'b', method: 'post', path: '/api/v1/visits/{after}/complete', after: visit.key })
    expect(states(drafts)).toEqual(['needs_you', 'waiting'])
    phone.server.fate = () => 'ok'
    await drafts.again(visit.key, { photos: [phone.shoot('goods', 'd1', 2)] })
    expect(states(drafts)).toEqual(['done', 'done'])
    expect([...phone.server.photos.values()]).toEqual(['d1-goods-2.jpg'])
    expect(phone.files.size).toBe(0)
  })

  it('that are gone from the phone ask their owner', async () => {
    const drafts = phone.launch()
    const draft = drafts.add(signOff(1))
    phone.files.clear()
    await drafts.flush()
    expect(drafts.get(draft.key)!.problem!.code).toBe('file_lost')
  })

  it('use the ticket they were given, unless it ended before they were begun', async () => {
    const drafts = phone.launch()
    const [goods, slip] = signOff(1).photos as [PhotoJob, PhotoJob]
    goods.ticket = 'early'
    goods.ticket_until = new Date(phone.now + 1000).toISOString()
    slip.ticket = 'over'
    slip.ticket_until = new Date(phone.now - 1000).toISOString()
    const seen: (string | undefined)[] = []
    const upload = phone.server.upload
    phone.server.upload = (photo, key) => { seen.push(photo.ticket); return upload(photo, key) }
    await drafts.submit({ ...signOff(1), photos: [goods, slip] })
    expect(seen[0]).toBe('early')
    expect(seen[1]).toMatch(/^t-/)
  })

  it('60 stops in flight mode with the app killed twice lose nothing and send nothing twice', async () => {
    phone.server.fate = () => 'away'
    let drafts = phone.launch()
    const stops = Array.from({ length: 60 }, (_, i) => i + 1)
    for (const n of stops.slice(0, 35)) void drafts.submit(signOff(n))
    await drafts.flush(true)
    phone.kill()

    drafts = phone.launch()
    expect(drafts.mine()).toHaveLength(35)
    for (const n of stops.slice(35)) void drafts.submit(signOff(n))
    await drafts.flush(true)
    expect(phone.server.done).toHaveLength(0)

    // The network is back, bad: every fifth answer is lost, and the app dies in the middle of an exchange.
    let n = 0
    let isDying = true
    phone.server.fate = () => {
      n += 1
      if (isDying && n === 101) { isDying = false; phone.kill() }
      return n % 5 === 0 ? 'lost' : 'ok'
    }
    const dying = drafts
    for (let i = 0; i < 40 && isDying; i++) await Promise.race([dying.flush(true), new Promise((go) => setTimeout(go, 20))])
    expect(isDying).toBe(false)

    drafts = phone.launch()
    expect(drafts.mine()).toHaveLength(60)
    for (let i = 0; i < 300 && drafts.mine().some((it: Draft) => it.state !== 'done'); i++) {
      phone.now += 300_000 / 100
      await drafts.flush(true)
    }
    expect(states(drafts)).toEqual(stops.map(() => 'done'))
    const paths = phone.server.done.map((it) => it.path)
    expect(new Set(paths).size).toBe(60)
    expect(paths).toHaveLength(60)
    expect(new Set(phone.server.photos.values()).size).toBe(120)
    expect(phone.server.photos.size).toBe(120)
    for (const { path, body } of phone.server.done) {
      const stop = path.split('/')[4]
      const files = (body.photo_ids as string[]).map((id) => phone.server.photos.get(id))
      expect(files).toEqual([`${stop}-goods-0.jpg`, `${stop}-signed_slip-0.jpg`])
    }
    expect(phone.server.mostInFlight).toBe(1)
    expect(phone.files.size).toBe(0)
  })
})

it('keys look like UUIDs and do not repeat', () => {
  const keys = new Set(Array.from({ length: 1000 }, () => newKey()))
  expect(keys.size).toBe(1000)
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new NoAnswer().detail).toContain('已保存')
})
